import Testing

@testable import Jobs

@Suite("Cron expressions")
struct CronExpressionTests {
    @Test(
        "what is not a cron expression is refused",
        arguments: [
            "", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *",
            "* * * 0 *", "* * * 13 *", "* * * * 8", "-1 * * * *", "1,,2 * * * *", "*/0 * * * *",
            "*/x * * * *", "5-1 * * * *", "* * * dec-jan *", "* * L * *", "* * 15W * *",
            "* * * * 5#2", "? * * * *", "@never", "@reboot", "1-2-3 * * * *", "1/2/3 * * * *",
            "* * 30 2 *", "* * 31 feb,apr,jun *", "é * * * *", "00000 * * * *", "* * * * mo",
        ])
    func refused(text: String) {
        let error = #expect(throws: CronError.self) { try CronExpression(text) }
        #expect(error?.description.isEmpty == false)
    }

    @Test("lists, ranges, steps and names are the values that they name")
    func fields() throws {
        let cron = try CronExpression("5,1-3,*/20,50/4 8-10 1 JAN,mar-May sun")

        #expect(cron.minutes.values == [0, 1, 2, 3, 5, 20, 40, 50, 54, 58])
        #expect(cron.hours.values == [8, 9, 10])
        #expect(cron.months.values == [1, 3, 4, 5])
        #expect(cron.weekdays == [0])
        #expect(try CronExpression("0 0 * * 5-7").weekdays == [0, 5, 6])
        #expect(try CronExpression("0 0 * * *").weekdays.count == 7)
    }

    private func firings(_ text: String, after: String, _ count: Int) throws -> [String] {
        let cron = try CronExpression(text)
        var time = try #require(Timestamp(iso8601: after))
        return try (0..<count).map { _ in
            time = try #require(cron.next(after: time, in: UniversalTime()))
            return String(time.description.prefix(16))
        }
    }

    @Test("a firing is after the given time, on a whole minute")
    func next() throws {
        #expect(
            try firings("*/15 * * * *", after: "2026-12-31T23:44:59.999Z", 3)
                == ["2026-12-31T23:45", "2027-01-01T00:00", "2027-01-01T00:15"])
        #expect(
            try firings("0 12 * * *", after: "2026-11-24T12:00:00Z", 1) == ["2026-11-25T12:00"])
        #expect(try firings("@weekly", after: "2026-11-24", 1) == ["2026-11-29T00:00"])
    }

    @Test("if both days are restricted, either one suffices")
    func days() throws {
        #expect(
            try firings("0 0 13 * fri", after: "2026-11-01", 4)
                == ["2026-11-06T00:00", "2026-11-13T00:00", "2026-11-20T00:00", "2026-11-27T00:00"])
        #expect(
            try firings("0 0 13 * *", after: "2026-11-01", 2)
                == ["2026-11-13T00:00", "2026-12-13T00:00"])
        // A step over all days is no restriction.
        #expect(try firings("0 0 */2 * mon", after: "2026-11-02T01:00", 1) == ["2026-11-09T00:00"])
    }

    @Test("rare days are found")
    func rare() throws {
        #expect(
            try firings("0 0 29 2 *", after: "2096-03-01", 2)
                == ["2104-02-29T00:00", "2108-02-29T00:00"])
        #expect(try firings("0 0 29 2 */7", after: "2096-03-01", 1) == ["2128-02-29T00:00"])
    }

    @Test("there is no firing after the end of time")
    func end() throws {
        let cron = try CronExpression("* * * * *")
        #expect(cron.next(after: .max, in: UniversalTime()) == nil)
        #expect(cron.next(after: .min, in: UniversalTime()) != nil)
    }
}
