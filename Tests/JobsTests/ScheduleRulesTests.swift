import JSON
import Testing

@testable import Jobs

@Suite("Rules of schedules")
struct ScheduleRulesTests {
    /// 2026-11-24T02:00:00Z
    private static let zero = Timestamp(milliseconds: 1_795_485_600_000)

    private func at(_ seconds: Int64) -> Timestamp { Self.zero.advanced(by: seconds * 1000) }

    /// A schedule that was set at 0 and fires every ten seconds.
    private func schedule(
        catchUp: Schedule.CatchUp = .one, isPaused: Bool = false, until: Timestamp? = nil
    ) -> Schedule {
        Schedule(
            id: "s", every: 10_000, newJob: NewJob(type: "t", refID: "r"), catchUp: catchUp,
            isPaused: isPaused, until: until
        ).replacing(nil, at: at(0))
    }

    private func times(_ schedule: Schedule) throws -> ScheduleTimes {
        try ScheduleTimes(schedule, in: UniversalTime())
    }

    private func due(_ schedule: Schedule, at now: Int64, since start: Int64) throws -> [Int64]? {
        let due = schedule.due(
            at: at(now), runningSince: at(start), try times(schedule))
        if let due { #expect(due.passed <= at(now)) }
        return due?.times.map { $0.milliseconds(since: Self.zero) / 1000 }
    }

    @Test("a period counts from when it was set")
    func period() throws {
        let schedule = schedule()
        let times = try times(schedule)

        #expect(times.next(after: at(0)) == at(10))
        #expect(times.next(after: at(9)) == at(10))
        #expect(times.next(after: at(10)) == at(20))
        #expect(times.next(after: at(-1000)) == at(10))
        #expect(times.next(after: .max) == nil)
        #expect(schedule.next(after: at(3), times) == at(10))
    }

    @Test("firings are due from their time on, each of them while an instance runs")
    func running() throws {
        let schedule = schedule()

        #expect(try due(schedule, at: 9, since: -50) == nil)
        #expect(try due(schedule, at: 10, since: -50) == [10])
        #expect(try due(schedule, at: 31, since: -50) == [10, 20, 30])
        // The store was away for too long.
        #expect(try due(schedule, at: 75, since: -50) == [70])
    }

    @Test("missed firings are caught up as the schedule says")
    func catchUp() throws {
        #expect(try due(schedule(catchUp: .one), at: 45, since: 42) == [40])
        #expect(try due(schedule(catchUp: .none), at: 45, since: 42) == [])
        #expect(try due(schedule(catchUp: .all), at: 45, since: 42) == [10, 20, 30, 40])
        // Those since the start of the instance are not missed.
        #expect(try due(schedule(catchUp: .one), at: 51, since: 42) == [40, 50])
        #expect(try due(schedule(catchUp: .none), at: 51, since: 42) == [50])
        let year: Int64 = 365 * 86_400
        let all = try #require(try due(schedule(catchUp: .all), at: year, since: year))
        #expect(all == (0..<100).map { year - 990 + $0 * 10 })
    }

    @Test("a time that has passed never fires again")
    func passed() throws {
        let due = try #require(
            schedule().due(at: at(12), runningSince: at(0), try times(schedule())))
        let fired = schedule().fired(at: due.times, [JobID("j")], passed: due.passed)

        #expect(fired.last == at(10) && fired.lastJobID == JobID("j") && fired.passed == at(10))
        #expect(try self.due(fired, at: 19, since: 0) == nil)
        #expect(try self.due(fired, at: 20, since: 0) == [20])
        // The clock of another store may be behind.
        #expect(try self.due(fired, at: 5, since: 0) == nil)
    }

    @Test("a paused schedule does not fire, and does not catch up when it goes on")
    func pause() throws {
        let paused = schedule(catchUp: .all, isPaused: true)
        let resumed = schedule(catchUp: .all).replacing(paused, at: at(35))

        #expect(try due(paused, at: 100, since: 0) == nil)
        #expect(paused.next(after: at(0), try times(paused)) == nil)
        #expect(try due(resumed, at: 39, since: 0) == nil)
        #expect(try due(resumed, at: 41, since: 0) == [40])
    }

    @Test("a schedule does not fire from its end on, and what it misses then is not caught up")
    func end() throws {
        let ending = schedule(catchUp: .all, until: at(30))

        #expect(try due(ending, at: 100, since: 99) == [10, 20])
        #expect(ending.next(after: at(15), try times(ending)) == at(20))
        #expect(ending.next(after: at(20), try times(ending)) == nil)
        let goingOn = schedule(catchUp: .all, until: at(900)).replacing(ending, at: at(55))
        #expect(try due(goingOn, at: 61, since: 60) == [60])
    }

    @Test("setting a schedule again keeps its history unless its times change")
    func replacing() throws {
        let old = schedule().fired(at: [at(10)], [JobID("j")], passed: at(10))

        var same = schedule(catchUp: .none)
        same.newJob.type = "other"
        same = same.replacing(old, at: at(25))
        #expect(same.last == at(10) && same.lastJobID == JobID("j") && same.newJob.type == "other")
        #expect(try due(same, at: 25, since: 0) == [20])

        var zoned = schedule()
        zoned.timeZone = "Europe/Berlin"
        zoned = zoned.replacing(old, at: at(25))
        #expect(zoned.last == nil && zoned.lastJobID == nil)
        // The period is the same, so it counts from the same moment.
        #expect(try due(zoned, at: 29, since: 0) == nil)
        #expect(try due(zoned, at: 30, since: 0) == [30])

        var other = schedule()
        other.every = 7000
        other = other.replacing(old, at: at(25))
        #expect(other.last == nil)
        #expect(try due(other, at: 31, since: 0) == nil)
        #expect(try due(other, at: 32, since: 0) == [32])

        var cron = schedule()
        (cron.every, cron.cron) = (nil, "* * * * *")
        cron = cron.replacing(old, at: at(25))
        #expect(try due(cron, at: 59, since: 0) == nil)
        #expect(try due(cron, at: 60, since: 0) == [60])
    }

    @Test("the last times are found without going through all")
    func last() throws {
        var yearly = schedule()
        (yearly.every, yearly.cron) = (nil, "* * 1 1 *")
        let times = try times(yearly)
        let start = try #require(Timestamp(iso8601: "1970-06-01T00:00:00Z"))
        let end = try #require(Timestamp(iso8601: "2026-07-01T00:00:00Z"))
        let last = try #require(Timestamp(iso8601: "2026-01-01T23:59:00Z"))

        #expect(
            times.last(3, after: start, upTo: end)
                == [-2, -1, 0].map { last.advanced(by: $0 * 60_000) })
        #expect(times.last(3, after: last, upTo: end) == [])
        #expect(times.last(3, after: last.advanced(by: -60_000), upTo: end) == [last])
    }

    @Test(
        "mistakes name their field",
        arguments: [
            (nil, nil, "cron or every must be set"),
            ("@daily", 1000, "cron and every exclude each other"),
            (nil, 999, "every must be at least 1000 milliseconds"),
            ("61 * * * *", nil, "cron cannot be used: the minute 61 is not in 0 to 59"),
        ] as [(String?, Int64?, String)])
    func mistakes(cron: String?, every: Int64?, message: String) {
        let schedule = Schedule(
            id: "s", cron: cron, every: every, newJob: NewJob(type: "t", refID: "r"))

        #expect { try ScheduleTimes(schedule, in: UniversalTime()) } throws: {
            "\($0)" == message
        }
    }

    @Test("a schedule comes back from its record, and anything else is none")
    func record() throws {
        var schedule = schedule(catchUp: .all, isPaused: true, until: at(90))
        schedule.newJob = NewJob(
            type: "t", refID: "r", ttl: 5, params: try JSONText(#"{"a":[1.50]}"#), priority: 2,
            delay: 3, maxRetries: 4, retry: RetryPolicy(backoff: .linear, delay: 7), group: "g")
        schedule.overlap = .skip
        let fired = schedule.fired(at: [at(10)], [JobID("j")], passed: at(20))

        #expect(Schedule(fired.json, id: "s") == fired)
        #expect(Schedule(schedule.json, id: "s") == schedule)
        #expect(Schedule(fired.json, id: "S") == nil)
        for text in ["{}", "[]", "1", #"{"id":"s"}"#, #"{"id":"s","passed":1,"new_job":{}}"#] {
            #expect(Schedule(try JSONText(text), id: "s") == nil, "\(text)")
        }
    }
}
