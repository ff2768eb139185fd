import Jobs
import Testing

@Suite("Timestamps as text")
struct TimestampFormatTests {
    @Test(
        "a moment is printed in UTC with three digits",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (1, "1970-01-01T00:00:00.001Z"), (86_399_999, "1970-01-01T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (951_868_800_000, "2000-03-01T00:00:00.000Z"),
            (-2_203_891_200_000, "1900-03-01T00:00:00.000Z"),
            (-2_203_891_200_001, "1900-02-28T23:59:59.999Z"),
            (1_234_567_890_123, "2009-02-13T23:31:30.123Z"),
            (1_795_485_904_107, "2026-11-24T02:05:04.107Z"),
            (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ])
    func known(milliseconds: Int64, text: String) {
        let date = Timestamp(milliseconds: milliseconds)

        #expect(date.description == text)
        #expect(Timestamp(iso8601: text) == date)
    }

    @Test("around the leap days and the ends of every year from 1 to 9999 days are the calendar's")
    func everyYear() {
        var day: Int64 = -719_162
        for year in 1...9999 {
            let february = Self.days(inMonth: 2, ofYear: year)
            let days = [(1, 1, 0), (2, february, 30 + february), (3, 1, 31 + february)]
            for (month, number, offset) in days + [(12, 31, 336 + february)] {
                check(
                    Timestamp(milliseconds: (day + Int64(offset)) * 86_400_000),
                    "\(pad(year, 4))-\(pad(month, 2))-\(pad(number, 2))T00:00:00.000Z")
            }
            day += Int64(337 + february)
        }
        #expect(day * 86_400_000 == Timestamp.max.milliseconds + 1)
    }

    @Test(
        "every day of a year is the calendar's",
        arguments: [
            (1, -719_162), (1900, -25_567), (1969, -365), (1970, 0), (2000, 10_957), (2026, 20_454),
        ])
    func everyDay(year: Int, firstDay: Int64) {
        var day = firstDay
        for month in 1...12 {
            for number in 1...Self.days(inMonth: month, ofYear: year) {
                check(
                    Timestamp(milliseconds: day * 86_400_000 + 43_200_000),
                    "\(pad(year, 4))-\(pad(month, 2))-\(pad(number, 2))T12:00:00.000Z")
                day += 1
            }
        }
    }

    @Test("every millisecond of a second is printed, before and after 1970")
    func everyMillisecond() {
        for millisecond in 0..<1000 {
            check(
                Timestamp(milliseconds: 1_795_485_904_000 + Int64(millisecond)),
                "2026-11-24T02:05:04.\(pad(millisecond, 3))Z")
            check(
                Timestamp(milliseconds: -1000 + Int64(millisecond)),
                "1969-12-31T23:59:59.\(pad(millisecond, 3))Z")
        }
    }

    @Test("the times of a day are printed, before and after 1970", arguments: [0, -1] as [Int64])
    func everyTime(day: Int64) {
        let date = day == 0 ? "1970-01-01" : "1969-12-31"
        for second in [0, 1, 59, 3540, 3541, 3599].flatMap({ stride(from: $0, to: 86_400, by: 61) })
        {
            let time = [second / 3600, second / 60 % 60, second % 60].map { pad($0, 2) }
            check(
                Timestamp(milliseconds: (day * 86_400 + Int64(second)) * 1000),
                "\(date)T\(time.joined(separator: ":")).000Z")
        }
    }

    private func check(_ date: Timestamp, _ text: String) {
        if date.description != text { Issue.record("\(date.milliseconds): \(date) is not \(text)") }
        if Timestamp(iso8601: text) != date { Issue.record("\(text) is not read back") }
    }

    private static func days(inMonth month: Int, ofYear year: Int) -> Int {
        let isLeapYear =
            year.isMultiple(of: 400) || year.isMultiple(of: 4) && !year.isMultiple(of: 100)
        return [31, isLeapYear ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    }

    private func pad(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: width - digits.count) + digits
    }
}
