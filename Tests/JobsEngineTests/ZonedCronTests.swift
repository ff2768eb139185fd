import JobsEngine
import Testing

@testable import Jobs

/// Firings of a whole year, against a clock that is looked at every minute.
@Suite("Cron expressions in time zones")
struct ZonedCronTests {
    private static let expressions = [
        "*/30 * * * *", "15 */2 * * *", "*/10 2 * * *", "30 2 * * *", "0,30 1,2 * * *",
        "15 0-3 * * sun", "0 2,3 * * *", "59 23 31 * *", "0 0 29 2 *", "5 1 1,15 * 0", "0 3 * * *",
        "45 23 * * *", "10,50 2-3 * * *",
    ]

    @Test(
        "every firing comes once, also when clocks change",
        arguments: [
            "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe",
            "Africa/Casablanca", "Pacific/Apia",
        ])
    func year(zone: String) throws {
        // Apia left out a whole day in December 2011.
        let start = zone == "Pacific/Apia" ? "2011-06-01" : "2026-01-01"
        let time = try #require(ZonedTime(zone))
        let begin = try #require(Timestamp(iso8601: start))
        let minutes = Clock(of: time, from: begin, minutes: 366 * 1440)
        for text in Self.expressions {
            let cron = try CronExpression(text)
            var found: [Timestamp] = []
            var last = begin
            while let next = cron.next(after: last, in: time), next <= minutes.end {
                found.append(next)
                last = next
            }
            #expect(found == minutes.firings(of: cron), "\(text) in \(zone)")
            // From anywhere, the next firing is the same.
            for index in stride(from: 0, to: max(found.count - 1, 0), by: 97) {
                let between = found[index].advanced(
                    by: (found[index + 1].milliseconds - found[index].milliseconds) / 2)
                #expect(cron.next(after: between, in: time) == found[index + 1], "\(text)")
            }
        }
    }

    @Test("unknown time zones are refused")
    func unknown() {
        #expect(ZonedTime("Europe/Nowhere") == nil)
        #expect(ZonedTime("") == nil)
    }
}

/// A local clock, minute by minute.
private struct Clock {
    private let times: [(utc: Timestamp, local: Int64)]
    var end: Timestamp { times[times.count - 1].utc }

    init(of time: ZonedTime, from begin: Timestamp, minutes: Int64) {
        var offset: Int64 = 0
        times = (0...minutes).map { minute in
            let utc = begin.advanced(by: minute * 60_000)
            // No place changes its clocks within a quarter of an hour.
            if minute % 15 == 0 { offset = time.offset(at: utc) }
            return (utc, (utc.milliseconds + offset) / 60_000)
        }
    }

    /// Goes through all minutes: expressions with a `*` go by what the clock shows; fixed times fire
    /// when the clock reaches or passes them for the first time.
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
