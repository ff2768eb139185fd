/// A cron expression: minute, hour, day of month, month, and day of week.
///
/// The fields have lists, ranges, steps and names in any case; Sunday is 0 and 7. If both days are
/// restricted, either one suffices, as in the cron of Unix. `@hourly`, `@daily`, `@midnight`,
/// `@weekly`, `@monthly`, `@yearly` and `@annually` stand for whole expressions.
public struct CronExpression: Sendable, Equatable {
    /// The text, as it was given.
    public let text: String
    let minutes: CronField
    let hours: CronField
    let days: CronField
    let months: CronField
    /// Sunday is 0.
    let weekdays: Set<Int>
    private let hasEitherDay: Bool

    /// Whether the expression names fixed times of the day: neither the minute nor the hour has a
    /// `*`.
    ///
    /// Other expressions go by real time through changes of daylight saving time.
    var isFixed: Bool { !minutes.isWild && !hours.isWild }

    /// Parses an expression.
    ///
    /// - Throws: ``CronError`` for anything that is not such an expression, and for one that never
    ///   fires, such as the 30th of February.
    public init(_ text: String) throws(CronError) {
        self.text = text
        let fields = try Self.fields(text)
        minutes = try CronField(fields[0], .minute)
        hours = try CronField(fields[1], .hour)
        days = try CronField(fields[2], .day)
        months = try CronField(fields[3], .month)
        let weekdays = try CronField(fields[4], .weekday)
        self.weekdays = Set(weekdays.values.map { $0 % 7 })
        hasEitherDay = !days.isWild && !weekdays.isWild
        guard hasEitherDay || months.values.contains(where: hasDay) else {
            throw CronError("\"\(text)\" never fires: no such month has such a day")
        }
    }

    private static let names = [
        "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *",
        "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *",
        "@annually": "0 0 1 1 *",
    ]

    private static func fields(_ text: String) throws(CronError) -> [Substring] {
        let trimmed = text.split { $0 == " " || $0 == "\t" }
        if trimmed.count == 1, trimmed[0].hasPrefix("@") {
            guard let expression = names[trimmed[0].lowercased()] else {
                throw CronError("\"\(text)\" is not one of \(names.keys.sorted())")
            }
            return expression.split(separator: " ")
        }
        guard trimmed.count == 5 else {
            throw CronError(
                "\"\(text)\" must have five fields: minute, hour, day of month, month, day of week")
        }
        return trimmed
    }

    private func hasDay(_ month: Int) -> Bool {
        days.values[0] <= CivilDate.mostDays(in: month)
    }

    func matches(_ date: CivilDate) -> Bool {
        guard months.values.contains(date.month) else { return false }
        let (isDay, isWeekday) = (
            days.values.contains(date.day), weekdays.contains(date.weekday)
        )
        return hasEitherDay ? isDay || isWeekday : isDay && isWeekday
    }

    /// The first matching minute at or after a local time, in minutes since 1970.
    ///
    /// - Returns: `nil` if there is none within ``longestPause``.
    func next(from local: Int64) -> Int64? {
        let start = local.quotientAndRemainder(flooringBy: CivilDate.minutesOfDay)
        var day = start.quotient
        var minute = Int(start.remainder)
        while day - start.quotient <= Self.longestPause {
            let date = CivilDate(day: day)
            guard months.values.contains(date.month) else {
                day = date.firstOfNextMonth
                minute = 0
                continue
            }
            if matches(date), let found = next(inDayFrom: minute) {
                return day * CivilDate.minutesOfDay + Int64(found)
            }
            day += 1
            minute = 0
        }
        return nil
    }

    /// The longest time between two firings, in days: the 29th of February is missing in 1900 and
    /// 2100, and a weekday may also be required.
    static let longestPause: Int64 = 366 * 41

    private func next(inDayFrom minute: Int) -> Int? {
        for hour in hours.values where hour >= minute / 60 {
            let first = hour == minute / 60 ? minute % 60 : 0
            if let found = minutes.values.first(where: { $0 >= first }) { return hour * 60 + found }
        }
        return nil
    }
}
