import JobsEngine
import Testing

@testable import Jobs

/// Firings of a whole year, against a clock that is looked at every minute.
@Suite("Cron expressions in time zones", .serialized)
struct ZonedCronTests {
    private static let expressions = [
        "*/30 * * * *", "15 */2 * * *", "30 2 * * *", "0,30 1,2 * * *", "0 2,3 * * *",
        "5 1 1,15 * 0", "59 23 31 * *",
    ]

    @Test(
        "every firing comes once, also when clocks change",
        arguments: [
            "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia",
        ])
    func year(zone: String) async throws {
        // Apia left out a whole day in December 2011.
        let start = zone == "Pacific/Apia" ? "2011-06-01" : "2026-01-01"
        let time = try #require(ZonedTime(zone))
        let begin = try #require(Timestamp(iso8601: start))
        let table = OffsetTable(of: time, from: begin, days: 368)
        let minutes = Clock(of: table, from: begin, minutes: 366 * 1440)
        for text in Self.expressions {
            // Other tests run in between.
            await Task.yield()
            let cron = try CronExpression(text)
            var found: [Timestamp] = []
            var last = begin
            while let next = cron.next(after: last, in: table), next <= minutes.end {
                found.append(next)
                last = next
            }
            #expect(found == minutes.firings(of: cron), "\(text) in \(zone)")
            // From anywhere, the next firing is the same.
            for index in stride(from: 0, to: max(found.count - 1, 0), by: 97) {
                let between = found[index].advanced(
                    by: (found[index + 1].milliseconds - found[index].milliseconds) / 2)
                #expect(cron.next(after: between, in: table) == found[index + 1], "\(text)")
            }
        }
    }

    @Test("unknown time zones are refused")
    func unknown() {
        #expect(ZonedTime("Europe/Nowhere") == nil)
        #expect(ZonedTime("") == nil)
    }
}

/// The offsets of a zone, read once for each quarter of an hour: no place changes its clocks within
/// one.
private struct OffsetTable: LocalTime {
    private static let quarter: Int64 = 900_000
    private let begin: Timestamp
    private let offsets: [Int64]

    init(of time: ZonedTime, from begin: Timestamp, days: Int64) {
        let begin = begin.advanced(by: -2 * 86_400_000)
        self.begin = begin
        offsets = (0...(days + 4) * 96).map {
            time.offset(at: begin.advanced(by: $0 * Self.quarter))
        }
    }

    func offset(at time: Timestamp) -> Int64 {
        let index = (time.milliseconds - begin.milliseconds) / Self.quarter
        return offsets[min(max(Int(index), 0), offsets.count - 1)]
    }
}

/// A local clock, minute by minute.
private struct Clock {
    private let times: [(utc: Timestamp, local: Int64)]
    var end: Timestamp { times[times.count - 1].utc }

    init(of time: OffsetTable, from begin: Timestamp, minutes: Int64) {
        times = (0...minutes).map { minute in
            let utc = begin.advanced(by: minute * 60_000)
            return (utc, (utc.milliseconds + time.offset(at: utc)) / 60_000)
        }
    }

    /// Goes through all minutes: expressions with a `*` go by what the clock shows; fixed times
    /// fire when the clock reaches or passes them for the first time.
    func firings(of cron: CronExpression) -> [Timestamp] {
        var firings: [Timestamp] = []
        var shown = times[0].local
        var ofDay = [Bool](repeating: false, count: 1440)
        for hour in cron.hours.values {
            for minute in cron.minutes.values { ofDay[hour * 60 + minute] = true }
        }
        let matches = { (local: Int64) in
            ofDay[Int(local % 1440)] && cron.matches(CivilDate(day: local / 1440))
        }
        for (utc, local) in times.dropFirst() {
            if !cron.isFixed {
                if matches(local) { firings.append(utc) }
                shown = max(shown, local)
                continue
            }
            guard local > shown else { continue }
            if (shown + 1...local).contains(where: matches) { firings.append(utc) }
            shown = local
        }
        return firings
    }
}
