import JobsClient

/// The rates of types of jobs as text for people.
struct RateTable {
    /// The time of this machine, which has to be about that of the store.
    let now: Timestamp
    /// Since when jobs are counted.
    let since: Timestamp

    /// The number of whole minutes that the rates are of, besides the current one.
    private static let minutes = 5
    /// The shortest time that a rate is computed over, in milliseconds.
    private static let shortest: Int64 = 10_000

    /// The rows of a table, the heading first. It fits on a line of 80 columns for names of types
    /// of up to 16 characters.
    func rows(of types: [TypeStatus], others: JobRates? = nil) -> [[String]] {
        let heading = [
            "TYPE", "ADDED/MIN", "STARTED", "DONE", "FAILED", "WAIT P50", "P95", "RUN P50", "P95",
        ]
        let rows = types.map { type in
            [type.type.printable] + numbers(type.rates)
                + times(type.waitTime) + times(type.runTime)
        }
        let rest = others.map { [["(others)"] + numbers($0) + times(nil) + times(nil)] } ?? []
        return [heading] + rows + rest
    }

    private func numbers(_ rates: JobRates?) -> [String] {
        guard let rates else { return Array(repeating: "-", count: 4) }
        return [rates.added, rates.started, rates.completed, rates.failed].map { counts in
            perMinute(counts, from: rates.from)
        }
    }

    /// The mean of the last minutes, of which the current one has not ended.
    private func perMinute(_ counts: [Int], from: Timestamp) -> String {
        let last = counts.suffix(Self.minutes + 1)
        let start = from.milliseconds + Int64(counts.count - last.count) * 60_000
        let end = min(max(now.milliseconds, start), start + Int64(last.count) * 60_000)
        let length = max(end - max(start, since.milliseconds), Self.shortest)
        let rate = last.reduce(0.0) { $0 + Double($1) } * 60_000 / Double(length)
        guard rate < 9.95 else { return "\(Int64(min(rate.rounded(), 1e15)))" }
        let tenths = Int((rate * 10).rounded())
        return rate > 0 && tenths == 0 ? "<0.1" : "\(tenths / 10).\(tenths % 10)"
    }

    private func times(_ times: JobTimes?) -> [String] {
        guard let times else { return ["-", "-"] }
        return [times.p50, times.p95].map(Self.short)
    }

    /// A duration in at most six characters.
    private static func short(_ milliseconds: Int64) -> String {
        switch milliseconds {
        case ..<1000: "\(milliseconds)ms"
        case ..<10_000: "\(milliseconds / 1000).\(milliseconds % 1000 / 100)s"
        case ..<120_000: "\(milliseconds / 1000)s"
        case ..<7_200_000: "\(milliseconds / 60_000)m"
        case ..<172_800_000: "\(milliseconds / 3_600_000)h"
        default: "\(milliseconds / 86_400_000)d"
        }
    }
}

extension JobOutput {
    func show(ratesOf page: TypePage) {
        guard let since = page.ratesSince else { return print("The service counts no rates") }
        show(RateTable(now: .now(), since: since).rows(of: page.types, others: page.otherRates))
    }
}
