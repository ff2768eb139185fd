import JSON
import Jobs
import JobsMemory
import JobsTestSupport
import Testing

@testable import JobsEngine

@Suite("What happened in the last hour")
struct RateTests {
    /// 12:00:00, the start of a minute.
    private static let noon = Timestamp(milliseconds: 1_795_521_600_000)
    private static let mail = ExactText("mail")

    private static func at(_ seconds: Int64) -> Timestamp { noon.advanced(by: seconds * 1000) }

    @Test("an event counts in the minute in which it happened, by the clock of the store")
    func minutes() {
        let counts = RecentCounts(counters: 2, periods: 64, length: 60_000)
        for second: Int64 in [-1, 0, 59, 60, 60] { counts.count(1, at: Self.at(second)) }

        #expect(counts.counts(1, last: 3, at: Self.at(119)) == [1, 2, 2])
        #expect(counts.counts(1, last: 3, at: Self.at(120)) == [2, 2, 0])
        #expect(counts.counts(0, last: 3, at: Self.at(119)) == [0, 0, 0])
    }

    @Test("what is older than an hour is forgotten, also when its place is used again")
    func forgetting() {
        let counts = RecentCounts(counters: 1, periods: 64, length: 60_000)
        counts.count(0, at: Self.noon)

        #expect(counts.counts(0, last: 60, at: Self.at(59 * 60)).first == 1)
        #expect(counts.counts(0, last: 60, at: Self.at(60 * 60)).allSatisfy { $0 == 0 })
        counts.count(0, at: Self.at(64 * 60))
        #expect(counts.counts(0, last: 60, at: Self.at(64 * 60)).reduce(0, +) == 1)
        // A year later, in the same place.
        #expect(counts.counts(0, last: 60, at: Self.at(64 * 60 * 8213)).reduce(0, +) == 0)
    }

    @Test("a clock that is set back or forward loses no event of the minutes that it is in")
    func steps() {
        let counts = RecentCounts(counters: 1, periods: 64, length: 60_000)
        for second: Int64 in [0, 300, 10, 86_400, 20, 86_410] {
            counts.count(0, at: Self.at(second))
        }

        #expect(counts.counts(0, last: 60, at: Self.at(86_410)).last == 2)
        #expect(counts.counts(0, last: 1, at: Self.at(0)) == [3])
        // Times before 1970 are times too.
        counts.count(0, at: Timestamp(milliseconds: -1))
        #expect(counts.counts(0, last: 1, at: Timestamp(milliseconds: -60_000)) == [1])
    }

    @Test("counts of many threads are all there")
    func threads() async {
        let counts = RecentCounts(counters: 1, periods: 64, length: 60_000)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for number in 0..<5000 {
                        counts.count(0, at: Self.at(Int64(number % 2) * 60))
                    }
                }
            }
        }
        #expect(counts.counts(0, last: 2, at: Self.at(60)) == [20_000, 20_000])
    }

    @Test("percentiles are right within a quarter", arguments: [1, 7, 100, 3000, 1_000_000])
    func percentiles(length: Int64) {
        var durations = Durations()
        #expect(durations.times == nil)
        for number in 1...1000 { durations.counts[Durations.step(of: length * Int64(number))] += 1 }

        let times = durations.times
        for (found, expected) in [(times?.p50, length * 500), (times?.p95, length * 950)] {
            #expect(abs(Double(found ?? 0) / Double(expected) - 1) < 0.25)
        }
    }

    @Test("every duration has a step, and steps grow")
    func durationSteps() {
        for duration in [Int64.min, -1, 0] { #expect(Durations.step(of: duration) == 0) }
        #expect(Durations.step(of: .max) == Durations.steps - 1)
        for step in 0..<Durations.steps {
            let start = Durations.start(of: step)
            // 1 is a step of its own, since half of it is none.
            #expect(Durations.step(of: start) == step)
            if step > 0 { #expect(start > Durations.start(of: step - 1)) }
        }
    }

    // MARK: Jobs

    private func added(_ type: String, at seconds: Int64) -> JobEvent {
        var job = Job.sample(type: type)
        job.created = Self.at(seconds)
        return .added(job)
    }

    @Test("jobs are counted as added, started, completed and failed, in a store and its controller")
    func jobs() async throws {
        let clock = TestClock()
        let activity = JobActivity()
        let store = MemoryJobsPersistence(clock: { clock.now }, observer: activity)
        let controller = JobsController(
            persistence: WaitingJobsPersistence(store, activity: activity), observer: activity)
        _ = try await controller.add((0..<4).map { NewJob(type: "mail", refID: "\($0)") })
        clock.advance(by: 100)
        let started = try await controller.claim(Claim(type: "mail", timeout: 1000, limit: 3))
        clock.advance(by: 40)
        _ = try await controller.change(
            JobChange(started[0].job.id, started[0].lockToken, .complete()))
        // A repeated completion is none.
        _ = try await controller.change(
            JobChange(started[0].job.id, started[0].lockToken, .complete()))
        _ = try await controller.change(
            JobChange(started[1].job.id, started[1].lockToken, .fail(Failure())))

        let plain = try await controller.types()
        let page = try await controller.types(TypeQuery(wantsRates: true))

        #expect(plain.types[0].rates == nil && plain.types[0].waitTime == nil)
        #expect(plain.ratesSince == nil && plain.otherRates == nil)
        let type = try #require(page.types.first)
        let rates = try #require(type.rates)
        #expect(rates.added.count == 60 && rates.failed.count == 60)
        #expect(rates.from.milliseconds % 60_000 == 0)
        #expect(rates.from == JobRates(endingAt: clock.now).from)
        #expect(rates.added.reduce(0, +) == 4 && rates.started.reduce(0, +) == 3)
        #expect(rates.completed.reduce(0, +) == 1 && rates.failed.reduce(0, +) == 1)
        #expect((75...125).contains(type.waitTime?.p50 ?? 0))
        #expect((30...50).contains(type.runTime?.p95 ?? 0))
        #expect(page.ratesSince != nil && page.otherRates == nil)
    }

    @Test(
        "a type to which something happened in the last hour is shown without jobs, at rates only")
    func fastJobs() async throws {
        let activity = JobActivity()
        let controller = JobsController(
            persistence: WaitingJobsPersistence(MemoryJobsPersistence(), activity: activity))
        var job = Job.sample(type: "fast")
        job.created = try await controller.now()
        activity.observe(.added(job))

        #expect(try await controller.types().types.isEmpty)
        let types = try await controller.types(TypeQuery(wantsRates: true)).types
        #expect(types.map(\.type) == ["fast"])
        #expect(types[0].rates?.added.reduce(0, +) == 1)
    }

    @Test("a hundred types are counted alone, and a type that rests for an hour makes room")
    func bound() {
        let activity = JobActivity()
        for number in 0..<105 { activity.observe(added("\(number)", at: 0)) }

        let full = activity.recent(at: Self.noon)
        #expect(full.types.count == 100 && full.others.added.last == 5)
        // Whether it is among those that are counted together is not known.
        #expect(full[ExactText("104")] == nil && full[ExactText("5")]?.rates.added.last == 1)

        for number in 0..<99 { activity.observe(added("\(number)", at: 3590)) }
        activity.observe(added("new", at: 3600))
        activity.observe(added("newer", at: 3601))
        let later = activity.recent(at: Self.at(3601))
        #expect(later.types.count == 100 && later.types[ExactText("99")] == nil)
        #expect(later.types[ExactText("new")]?.rates.added.last == 1)
        #expect(later.others.added.last == 1)
    }

    @Test("a type that nothing has happened to has zeros")
    func zeros() {
        let activity = JobActivity()
        let recent = activity.recent(at: Self.noon)

        #expect(recent.isEmpty)
        #expect(recent[Self.mail]?.rates == JobRates(endingAt: Self.noon))
    }

    // MARK: Several instances

    @Test("rates of other times are added to the same minutes, and the rest is left out")
    func merging() {
        var rates = JobRates(endingAt: Self.at(60), minutes: 3)
        var other = JobRates(endingAt: Self.at(0), minutes: 3)
        other.added = [1, 2, 4]
        rates.merge(other)
        rates.merge(other)

        #expect(rates.added == [4, 8, 0])
        #expect(rates.suffix(2).added == [8, 0] && rates.suffix(2).from == Self.noon)
        #expect(rates.suffix(9) == rates)
        other.from = .min
        rates.merge(other)
        other.from = .max
        rates.merge(other)
        #expect(rates.added == [4, 8, 0])
        other.from = rates.from
        other.added = [.max, .max, -5, 7]
        rates.merge(other)
        #expect(rates.added == [.max, .max, 0])
    }

    @Test("the activity in a report is read back as it was written")
    func roundTrip() throws {
        let activity = JobActivity()
        for second: Int64 in [-3000, -59, 0] { activity.observe(added("mail", at: second)) }
        var job = Job.sample(type: "a\"b")
        (job.created, job.started, job.retries) = (Self.at(-10), Self.at(-1), 1)
        activity.observe(.claimed(job))
        job.completed = Self.at(0)
        activity.observe(.completed(job, started: Self.at(-1)))
        for number in 0..<99 { activity.observe(added("x\(number)", at: 0)) }
        var report = InstanceReport(at: Self.noon, since: Self.noon)
        report.activity = activity.recent(at: Self.noon)
        report.hasEnded = true

        let read = try #require(InstanceReport(report.json, withActivityAt: Self.noon))

        #expect(read.activity == report.activity && read.hasEnded && read.isActive)
        #expect(read.activity?.others.added.last == 1)
        #expect(read.activity?[ExactText("a\"b")]?.waits.total == 1)
        // A minute later, the first minute is gone.
        let later = try #require(InstanceReport(report.json, withActivityAt: Self.at(600)))
        #expect(later.activity?[Self.mail]?.rates.added.reduce(0, +) == 2)
        #expect(InstanceReport(report.json)?.activity == nil)
    }

    @Test(
        "an activity that cannot be read is none",
        arguments: [
            #"7"#, #"{"types":7,"others":[]}"#, #"{"types":[7,{"type":"a"},{"rates":{}}]}"#,
            #"{"types":[{"type":"a","rates":{"from":"x","added":{}}}]}"#,
            #"{"types":[{"type":"a","rates":{"from":"2026-11-24T12:00:00Z","added":["x",-7,1e99]}}]}"#,
            #"{"others":{"from":"9999-12-31T23:59:59.999Z","added":[1,2,3]}}"#,
            #"{"others":{"from":"0001-01-01T00:00:00.000Z","added":[1,2,3]}}"#,
        ])
    func unreadable(text: String) throws {
        let json = try JSONText(#"{"at":"2026-11-24T12:00:00Z","activity":\#(text)}"#)
        let report = try #require(InstanceReport(json, withActivityAt: Self.noon))
        let rates = (report.activity?.types.values.map(\.rates) ?? []) + [report.activity?.others]

        for rates in rates { #expect(rates?.added.reduce(0) { $0.addingClamped($1) } ?? 0 == 0) }
    }

    @Test("huge numbers in a report are added without an overflow")
    func huge() throws {
        let list =
            "[" + Array(repeating: "9223372036854775807", count: 62).joined(separator: ",") + "]"
        let json = try JSONText(
            #"""
            {"at":"2026-11-24T12:00:00Z","activity":{"types":[{"type":"mail","rates":{"from":
            "2026-11-24T11:01:00Z","added":\#(list)},"waits":\#(list),"runs":\#(list)}]}}
            """#)
        var report = try #require(InstanceReport(json, withActivityAt: Self.noon))
        report.merge(report)

        let seen = try #require(report.activity?[Self.mail])
        #expect(seen.rates.added == Array(repeating: .max, count: 60))
        #expect(seen.waits.times != nil && seen.runs.times != nil)
        try report.json.checkRecordSize()
    }

    @Test("the activity of many long names fits into a record, with the busiest types")
    func size() throws {
        var report = InstanceReport(at: Self.noon, since: Self.noon)
        var activity = RecentActivity(endingAt: Self.noon)
        let long = String(repeating: "\u{1}", count: 900)
        for number in 0..<100 {
            var seen = RecentActivity.OfType(rates: JobRates(endingAt: Self.noon))
            seen.rates.added = Array(repeating: 4_000_000_000 + number, count: 60)
            activity.types[ExactText("\(number)\(long)")] = seen
        }
        report.activity = activity

        try report.json.checkRecordSize()
        let read = InstanceReport(report.json, withActivityAt: Self.noon)?.activity?.types
        #expect(read?[ExactText("99\(long)")] != nil && (read?.count ?? 0) > 20)
    }
}
