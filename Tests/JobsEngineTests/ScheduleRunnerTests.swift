import InMemoryLogging
import JSON
import Jobs
import JobsMemory
import JobsTestSupport
import Logging
import Synchronization
import Testing

@testable import JobsEngine

@Suite("Firing schedules")
struct ScheduleRunnerTests {
    private let clock = SetClock()
    private let added = AddedJobs()
    private let store: any JobsPersistence
    private let controller: JobsController
    private let logs = InMemoryLogHandler()

    init() {
        store = MemoryJobsPersistence(clock: { [clock] in clock.now() }, observer: added)
        controller = JobsController(persistence: store)
    }

    private var logger: Logger { Logger(label: "test") { [logs] _ in logs } }

    private func instance(settling: Int64 = 2000) -> TestInstance {
        TestInstance(controller, logger, settling: settling)
    }

    private func schedule(
        id: String = "s", every: Int64 = 10_000, type: String = "t",
        overlap: Schedule.Overlap = .allow, catchUp: Schedule.CatchUp = .one, isPaused: Bool = false
    ) -> Schedule {
        Schedule(
            id: id, every: every, newJob: NewJob(type: type, refID: "r"), overlap: overlap,
            catchUp: catchUp, isPaused: isPaused)
    }

    @Test("a schedule fires at its times, and shows what it did")
    func fires() async throws {
        let instance = instance()
        let set = try await controller.setSchedule(schedule())
        #expect(set.next == clock.now().advanced(by: 10_000) && set.last == nil)
        let wait = try await instance.round()
        #expect(wait <= .seconds(10) && wait > .zero)

        clock.advance(by: 9999)
        try await instance.round()
        #expect(added.count == 0)
        clock.advance(by: 1)
        try await instance.round()
        try await instance.round()
        #expect(added.count == 1)
        clock.advance(by: 20_000)
        try await instance.round()
        #expect(added.count == 3)

        let shown = try #require(try await controller.schedule("s"))
        #expect(shown.last == clock.now())
        #expect(shown.next == clock.now().advanced(by: 10_000))
        #expect(shown.lastJobID == added.last)
    }

    @Test("a changed schedule is fired as it is now, and a deleted one no more")
    func changes() async throws {
        let instance = instance()
        _ = try await controller.setSchedule(schedule())
        try await instance.round()
        _ = try await controller.setSchedule(schedule(type: "u"))
        clock.advance(by: 10_000)
        try await instance.round()
        let job = try #require(added.last)
        #expect(try await store.types(of: [job]).values.first == "u")

        // Another process changes it; this one goes by what it knows, and finds that it is
        // outdated.
        let other = JobsController(persistence: store)
        _ = try await other.setSchedule(schedule(type: "v", isPaused: true))
        clock.advance(by: 10_000)
        try await instance.round()
        #expect(added.count == 1)
        #expect(try await other.deleteSchedule("s")?.isPaused == true)
        clock.advance(by: 10_000)
        try await instance.round()
        #expect(added.count == 1)
        #expect(try await controller.deleteSchedule("s") == nil)
        #expect(try await controller.runSchedule("s") == nil)
    }

    @Test("a schedule that skips waits while its last job is delayed, ready or running")
    func overlap() async throws {
        let instance = instance()
        _ = try await controller.setSchedule(schedule(overlap: .skip))
        var counts: [Int] = []
        func pass() async throws {
            clock.advance(by: 10_000)
            try await instance.round()
            counts.append(added.count)
        }

        try await pass()
        try await pass()  // ready
        let job = try #require(added.last)
        let started = try #require(
            try await controller.start(Start(job, timeout: 12_000)))
        try await pass()  // running
        let lease = LeaseReference(id: job, lockToken: started.lockToken)
        _ = try await controller.change(JobChange(lease, .complete))
        try await pass()  // completed
        _ = try await store.deleteAll()
        try await pass()  // deleted

        #expect(counts == [1, 1, 1, 2, 3])
        let shown = try #require(try await controller.schedule("s"))
        #expect(shown.last == clock.now())
        #expect(logs.entries.contains { "\($0.message)".contains("its last job has not ended") })
    }

    @Test("a job that is added at once counts as the last one, also of a paused schedule")
    func runNow() async throws {
        let instance = instance()
        _ = try await controller.setSchedule(schedule(overlap: .skip, isPaused: true))

        let first = try #require(try await controller.runSchedule("s"))
        let second = try #require(try await controller.runSchedule("s"))

        #expect(added.count == 2 && first.id != second.id)
        let shown = try #require(try await controller.schedule("s"))
        #expect(shown.lastJobID == second.id && shown.last == nil && shown.next == nil)
        _ = try await controller.setSchedule(schedule(overlap: .skip))
        clock.advance(by: 10_000)
        try await instance.round()
        #expect(added.count == 2)
    }

    @Test(
        "what was missed while no instance ran is caught up as the schedule says",
        arguments: [(Schedule.CatchUp.one, 1), (.none, 0), (.all, 6)])
    func catchUp(_ catchUp: Schedule.CatchUp, _ count: Int) async throws {
        _ = try await controller.setSchedule(schedule(catchUp: catchUp))
        clock.advance(by: 65_000)
        let instance = instance()

        try await instance.round()
        #expect(added.count == count)
        clock.advance(by: 5000)
        try await instance.round()

        #expect(added.count == count + 1)
    }

    @Test("a new instance leaves what was due before its start to others for a while")
    func settling() async throws {
        let shared = FaultyPersistence(store, chance: 0)
        let controller = JobsController(persistence: shared)
        _ = try await controller.setSchedule(schedule(catchUp: .all))
        clock.advance(by: 25_000)
        let instance = TestInstance(controller, logger, settling: 2000)

        #expect(try await instance.round() <= .seconds(2))
        #expect(added.count == 0)
        clock.advance(by: 2000)
        try await instance.round()

        #expect(added.count == 2)
    }

    @Test("a record that cannot be read is logged once, and does no harm to the others")
    func unreadable() async throws {
        let value = try JSONText(#"{"id":"bad","passed":"never","new_job":{}}"#)
        let record = try await store.records.write(.schedule, "bad", value, over: nil)
        _ = try await controller.setSchedule(schedule())
        let instance = instance()
        try await instance.round()
        clock.advance(by: 10_000)
        try await instance.round()
        instance.readAgain()
        try await instance.round()

        #expect(added.count == 1)
        #expect(logs.entries.count { "\($0.message)".contains("cannot be read") } == 1)
        #expect(try await controller.schedules().schedules.map(\.id) == ["s"])
        #expect(record != nil)
        _ = try await controller.setSchedule(schedule(id: "bad"))
        #expect(try await controller.schedules().schedules.map(\.id) == ["bad", "s"])
    }

    @Test("schedules are listed in pages")
    func pages() async throws {
        for id in ["b", "a", "d", "c"] { _ = try await controller.setSchedule(schedule(id: id)) }
        func ids(_ paging: Paging) async throws -> [String] {
            try await controller.schedules(paging).schedules.map(\.id)
        }

        #expect(try await ids(Paging()) == ["a", "b", "c", "d"])
        #expect(try await ids(Paging(skip: 1, take: 2)) == ["b", "c"])
        #expect(try await ids(Paging(after: JobID("b"))) == ["c", "d"])
        #expect(try await ids(Paging(after: JobID("c"), isDescending: true)) == ["b", "a"])
        let page = try await controller.schedules(Paging(take: 1, wantsTotal: true)) { $0.id > "a" }
        #expect(page.schedules.map(\.id) == ["b"] && page.total == 3)
    }

    @Test("a runner fires by itself, and hears of a schedule at once", .timeLimit(.minutes(1)))
    func run() async throws {
        let store = MemoryJobsPersistence(observer: added)
        let controller = JobsController(persistence: store)
        let logger = logger
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await ScheduleRunner(controller: controller, logger: logger).run() }
            try await Task.sleep(for: .milliseconds(50))
            let set = try await controller.setSchedule(schedule(every: 1000))

            // Without the news it would read the schedules only after half a minute.
            try await eventually { added.count >= 2 }

            let last = try #require(added.last)
            let job = try #require(store.get(last))
            #expect(job.created.milliseconds(since: set.since) >= 2000)
            group.cancelAll()
        }
    }
}

/// One instance of the service, whose rounds a test runs.
final class TestInstance: Sendable {
    private let runner: ScheduleRunner
    private let state: Mutex<ScheduleRunner.State?>

    init(_ controller: JobsController, _ logger: Logger, settling: Int64) {
        var settings = ScheduleRunner.Settings()
        settings.readInterval = .milliseconds(1)
        // An instance learns late of what others have changed, unless a test says otherwise.
        settings.sharedInterval = .seconds(30)
        settings.settling = settling
        runner = ScheduleRunner(controller: controller, logger: logger, settings: settings)
        state = Mutex(.init(isShared: controller.persistence.records.areShared))
    }

    /// - Returns: How long the instance would wait.
    @discardableResult
    func round() async throws -> Duration {
        // Only one round of an instance runs at a time.
        guard var own = state.withLock({ $0.take() }) else { return .zero }
        defer { state.withLock { [own] in $0 = own } }
        do {
            return try await runner.round(&own)
        } catch {
            own.mustRead = true
            throw error
        }
    }

    func readAgain() {
        state.withLock { $0?.lastRead = nil }
    }
}

/// Counts the jobs that a store adds, whatever becomes of them.
final class AddedJobs: JobObserver {
    private let ids = Mutex<[JobID]>([])

    var count: Int { ids.withLock { $0.count } }
    var last: JobID? { ids.withLock { $0.last } }

    func observe(_ event: JobEvent) {
        if case .added(let job) = event { ids.withLock { $0.append(job.id) } }
    }
}
