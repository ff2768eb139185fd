import Jobs

@testable import JobsMongo

/// A collection of the older service in Node: one job in each state, all of type "mail", with the
/// state as the reference.
struct NodeSamples {
    let now = Timestamp.now()
    private(set) var all: [NodeSample] = []

    init() {
        add("ready", ago: 90_000)
        add("with time", ago: 80_000) { $0.executeUntil = $1.advanced(by: 600_000) }
        add("without params", ago: 70_000) { sample, _ in sample.params = nil }
        add("aborted", ago: 60_000) { sample, _ in
            sample.retries = 2
            sample.timeout = 1000
        }
        // Some drivers and the shell write numbers as doubles.
        add("double", ago: 50_000) { sample, _ in sample.retries = .value(1.0) }
        add("lapsed", ago: 40_000) { sample, now in
            sample.started = now.advanced(by: -30_000)
            sample.lockedUntil = now.advanced(by: -20_000)
            sample.retries = 1
            sample.timeout = 10_000
        }
        add("leased", ago: 30_000) { sample, now in
            sample.started = now.advanced(by: -10_000)
            sample.lockedUntil = now.advanced(by: 600_000)
            sample.retries = 1
        }
        // Expired, but under a live lease.
        add("late", ago: 25_000) { sample, now in
            sample.started = now.advanced(by: -10_000)
            sample.lockedUntil = now.advanced(by: 600_000)
            sample.executeUntil = now.advanced(by: -5000)
            sample.retries = 1
        }
        add("completed", ago: 20_000) { sample, now in
            sample.completed = now.advanced(by: -1000)
            sample.retries = 1
        }
        add("exhausted", ago: 15_000) { sample, _ in sample.retries = 10 }
        add("given up", ago: 12_000) { sample, _ in sample.retries = 11 }
        add("expired", ago: 10_000) { $0.executeUntil = $1.advanced(by: -1000) }
    }

    private mutating func add(
        _ refID: String, ago: Int64,
        _ change: (inout NodeSample, _ now: Timestamp) -> Void = { _, _ in }
    ) {
        var sample = NodeSample()
        sample.refID = refID
        sample.created = now.advanced(by: -ago)
        change(&sample, now)
        all.append(sample)
    }

    subscript(refID: String) -> NodeSample {
        guard let sample = all.first(where: { $0.refID == refID }) else {
            preconditionFailure("there is no sample \(refID)")
        }
        return sample
    }

    var documents: [BSONLiteral] { all.map(\.document) }

    /// The claimable jobs, in the order in which they became available.
    static let claimable = [
        "ready", "with time", "without params", "aborted", "double", "lapsed",
    ]
}
