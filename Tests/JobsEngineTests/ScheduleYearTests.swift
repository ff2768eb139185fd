import Foundation
import Jobs
import Testing

@testable import JobsEngine

/// A year of firings against one that goes through all minutes with the calendar of Foundation, and
/// reads the expressions in its own way.
@Suite("A year of schedules", .serialized)
struct ScheduleYearTests {
    /// The fields as sets, with `*` in minute or hour noted by hand.
    private struct Expression: Sendable {
        let text: String
        let minutes: Set<Int>
        let hours: Set<Int>
        var days: Set<Int>?
        var months: Set<Int> = Set(1...12)
        /// Sunday is 1, as in the calendar.
        var weekdays: Set<Int>?
        var isFixed = true
    }

    private static let every = Set(0...59)
    private static let allHours = Set(0...23)

    private static let expressions: [Expression] = [
        Expression(text: "* * * * *", minutes: every, hours: allHours, isFixed: false),
        Expression(
            text: "*/15 * * * *", minutes: [0, 15, 30, 45], hours: allHours, isFixed: false),
        Expression(text: "@hourly", minutes: [0], hours: allHours, isFixed: false),
        Expression(
            text: "30 */2 * * *", minutes: [30], hours: Set(stride(from: 0, to: 24, by: 2)),
            isFixed: false),
        Expression(
            text: "*/20 2 * * *", minutes: [0, 20, 40], hours: [2], isFixed: false),
        Expression(text: "30 2 * * *", minutes: [30], hours: [2]),
        Expression(text: "15,45 1-3 * * *", minutes: [15, 45], hours: [1, 2, 3]),
        Expression(text: "0 0 * * *", minutes: [0], hours: [0]),
        Expression(text: "@daily", minutes: [0], hours: [0]),
        Expression(text: "59 23 * * *", minutes: [59], hours: [23]),
        Expression(text: "0 3 * * sun", minutes: [0], hours: [3], weekdays: [1]),
        Expression(text: "0 9 * * 1-5", minutes: [0], hours: [9], weekdays: Set(2...6)),
        Expression(text: "0 12 29 feb *", minutes: [0], hours: [12], days: [29], months: [2]),
        Expression(text: "0 0 1,15 * 7", minutes: [0], hours: [0], days: [1, 15], weekdays: [1]),
        Expression(
            text: "30 1 31 */3 *", minutes: [30], hours: [1], days: [31], months: [1, 4, 7, 10]),
        Expression(text: "@yearly", minutes: [0], hours: [0], days: [1], months: [1]),
    ]

    /// Zones, and a year in which their clocks change.
    private static let zones = [
        ("UTC", 2026), ("Europe/Berlin", 2026), ("America/New_York", 2024),
        ("Australia/Lord_Howe", 2026), ("Asia/Kolkata", 2026), ("America/Sao_Paulo", 2017),
        ("Africa/Casablanca", 2024), ("America/St_Johns", 2006),
    ]

    @Test("each firing comes once, in every zone", arguments: zones)
    func year(zone: String, year: Int) async throws {
        let place = try #require(ZonedTime(zone))
        let begin = try #require(Timestamp(iso8601: "\(year)-01-01T12:00:00Z"))
        let end = try #require(Timestamp(iso8601: "\(year + 1)-01-02T12:00:00Z"))
        let days = try Self.days(of: zone, from: begin, to: end)
        for expression in Self.expressions {
            await Task.yield()
            let schedule = Schedule(
                id: "s", cron: expression.text, timeZone: zone,
                newJob: NewJob(type: "t", refID: "r"))
            let times = try ScheduleTimes(schedule, in: place)
            var found: [Timestamp] = []
            var last = begin
            while let next = times.next(after: last), next <= end {
                found.append(next)
                last = next
            }

            #expect(found == Self.firings(expression, days), "\(expression.text) in \(zone)")
        }
    }

    /// A stretch of minutes in which clocks run on without a change.
    private struct Stretch {
        let begin: Timestamp
        /// Minutes of local time since 1970.
        let local: Int
        var count: Int
    }

    private struct Days {
        let stretches: [Stretch]
        /// The date of each local day since 1970, by its number.
        let dates: [Int: DateComponents]
    }

    /// Reads the calendar every quarter of an hour, and every minute where clocks change.
    private static func days(of zone: String, from begin: Timestamp, to end: Timestamp) throws
        -> Days
    {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: zone))
        var utc = Calendar(identifier: .gregorian)
        utc.timeZone = try #require(TimeZone(identifier: "UTC"))
        var stretches: [Stretch] = []
        var dates: [Int: DateComponents] = [:]
        func local(at time: Timestamp) throws -> Int {
            let date = Date(timeIntervalSince1970: Double(time.milliseconds) / 1000)
            let parts = calendar.dateComponents(
                [.year, .month, .day, .hour, .minute, .weekday], from: date)
            var midnight = DateComponents()
            (midnight.year, midnight.month, midnight.day) = (parts.year, parts.month, parts.day)
            let day = Int(try #require(utc.date(from: midnight)).timeIntervalSince1970) / 86_400
            dates[day] = parts
            return day * 1440 + (parts.hour ?? 0) * 60 + (parts.minute ?? 0)
        }
        func go(on count: Int, from time: Timestamp, _ local: Int) {
            guard let last = stretches.last, last.local + last.count == local else {
                stretches.append(Stretch(begin: time, local: local, count: count))
                return
            }
            stretches[stretches.count - 1].count += count
        }
        var time = begin.advanced(by: -86_400_000)
        var shown = try local(at: time)
        while time <= end {
            let next = time.advanced(by: 900_000)
            let following = try local(at: next)
            if following == shown + 15 {
                go(on: 15, from: time, shown)
            } else {
                for minute in 0..<15 {
                    let time = time.advanced(by: Int64(minute) * 60_000)
                    go(on: 1, from: time, try local(at: time))
                }
            }
            (time, shown) = (next, following)
        }
        return Days(stretches: stretches, dates: dates)
    }

    private static func firings(_ expression: Expression, _ days: Days) -> [Timestamp] {
        let isWanted = { (local: Int) -> Bool in
            let (day, minute) = (local / 1440, local % 1440)
            guard expression.minutes.contains(minute % 60),
                expression.hours.contains(minute / 60), let date = days.dates[day],
                expression.months.contains(date.month ?? 0)
            else { return false }
            let isDay = expression.days?.contains(date.day ?? 0)
            let isWeekday = expression.weekdays?.contains(date.weekday ?? 0)
            switch (isDay, isWeekday) {
            case (let isDay?, let isWeekday?): return isDay || isWeekday
            case (let known?, nil), (nil, let known?): return known
            case (nil, nil): return true
            }
        }
        var firings: [Timestamp] = []
        var shown = Int.min
        for stretch in days.stretches {
            // A fixed time that clocks leave out fires when they have gone forward.
            if expression.isFixed, shown > .min, stretch.local > shown + 1,
                (shown + 1..<stretch.local).contains(where: isWanted)
            {
                firings.append(stretch.begin)
            }
            for minute in 0..<stretch.count where isWanted(stretch.local + minute) {
                if expression.isFixed, stretch.local + minute <= shown { continue }
                firings.append(stretch.begin.advanced(by: Int64(minute) * 60_000))
            }
            shown = max(shown, stretch.local + stretch.count - 1)
        }
        let begin = days.stretches[0].begin.advanced(by: 86_400_000)
        let last = days.stretches[days.stretches.count - 1]
        let end = last.begin.advanced(by: Int64(last.count - 15) * 60_000)
        // A firing at the change may also be one of its own: several in one gap are one.
        return firings.reduce(into: []) { all, time in
            if all.last != time, time > begin, time <= end { all.append(time) }
        }
    }
}
