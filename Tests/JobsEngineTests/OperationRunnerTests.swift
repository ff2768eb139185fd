import JSON
import Jobs
import JobsMemory
import JobsTestSupport
import Logging
import Testing

@testable import JobsEngine

@Suite("Carrying out bulk operations")
struct OperationRunnerTests {
    let clock = SetClock()
    let store: KillingPersistence
    let controller: JobsController

    init() {
        store = KillingPersistence(MemoryJobsPersistence(clock: { [clock] in clock.now() }))
        controller = JobsController(persistence: store, options: .init(maxRetries: 1))
    }

    /// An instance whose batches have `size` jobs.
    func instance(size: Int = 3) -> OperatingInstance {
        OperatingInstance(controller, size: size)
    }

    @discardableResult
    func add(_ count: Int, type: String = "mail") async throws -> [JobID] {
        var ids: [JobID] = []
        for number in 0..<count {
            ids.append(try await controller.add(NewJob(type: type, refID: "\(number)")).id)
        }
        return ids
    }

    @discardableResult
    func addFailed(_ count: Int, type: String = "mail") async throws -> [JobID] {
        let ids = try await add(count, type: type)
        for id in ids { try await fail(id) }
        return ids
    }

    func fail(_ id: JobID) async throws {
        let started = try #require(try await controller.start(Start(id, timeout: 60_000)))
        _ = try await controller.change(
            JobChange(id, started.lockToken, .fail(Failure(retry: false))))
    }

    func filter(_ type: String = "mail", _ state: JobState? = nil) -> JobFilter {
        var filter = JobFilter()
        (filter.type, filter.state) = (type, state)
        return filter
    }

    func start(
        _ action: BulkOperation.Action, _ filter: JobFilter? = nil, delay: Int64 = 0
    ) async throws -> String {
        let request = OperationRequest(action, filter ?? self.filter(), startDelay: delay)
        return try #require(try await controller.start(request, by: "ann").id)
    }

    func operation(_ id: String) async throws -> BulkOperation {
        try #require(try await controller.operation(id))
    }

    func count(_ state: JobState, type: String = "mail") async throws -> Int? {
        try await controller.list(filter(type, state), Paging(take: -1, wantsTotal: true)).total
    }

    @Test("an operation treats all jobs that match, a batch at a time, and no younger one")
    func batches() async throws {
        try await add(7)
        try await add(2, type: "other")
        let id = try await start(.cancel)
        let asked = try await operation(id)
        #expect(asked.state == .waiting && asked.total == 7 && asked.started == nil)
        #expect(asked.startedBy == "ann" && asked.before == clock.now())
        clock.advance(by: 5)
        let younger = try await add(1)
        let instance = instance()

        #expect(try await instance.round() > .zero)
        let half = try await operation(id)
        #expect(half.state == .running && half.done == 3 && half.started == clock.now())
        for _ in 0..<4 { try await instance.round() }

        let done = try await operation(id)
        #expect(done.state == .done && done.done == 7 && done.skipped == 0 && done.total == 7)
        #expect(done.ended == clock.now() && done.batch == nil)
        #expect(try await count(.cancelled) == 7)
        #expect(try await count(.ready, type: "other") == 2)
        #expect(try await controller.get(younger[0])?.cancelled == nil)
        #expect(store.treated == [3, 3, 1])
    }

    @Test("an operation without jobs is done at once", arguments: BulkOperation.Action.allCases)
    func nothing(action: BulkOperation.Action) async throws {
        try await add(2, type: "other")
        let id = try await start(action, filter("mail", .running))
        let instance = instance()
        for _ in 0..<3 { try await instance.round() }
        let done = try await operation(id)
        #expect(done.state == .done && done.total == 0 && done.passed == 0 && done.ended != nil)
        #expect(store.treated.isEmpty)
    }

    @Test("a dry run counts, and is not kept")
    func dryRun() async throws {
        try await addFailed(4)
        try await add(1)
        for (action, expected) in [
            (BulkOperation.Action.replay, 4), (.cancel, 1), (.complete, 1), (.delete, 5),
        ] {
            let counted = try await controller.start(
                OperationRequest(action, filter(), isDryRun: true))
            #expect(counted.total == expected && !counted.isTotalAtLeast, "\(action.rawValue)")
            #expect(counted.id == nil && counted.isDryRun && counted.state == .done)
        }
        #expect(try await controller.operations().isEmpty)
        #expect(try await count(.failed) == 4)
    }

    @Test("an operation that is cancelled in its delay touches no job")
    func undo() async throws {
        try await add(3)
        let id = try await start(.delete, delay: 10_000)
        let instance = instance()
        #expect(try await operation(id).begins == clock.now().advanced(by: 10_000))
        clock.advance(by: 9999)
        try await instance.round()
        #expect(try await operation(id).state == .waiting)

        let cancelled = try #require(try await controller.cancelOperation(id, by: "bob"))

        #expect(cancelled.state == .cancelled && cancelled.cancelledBy == "bob")
        clock.advance(by: 10_000)
        for _ in 0..<3 { try await instance.round() }
        #expect(try await operation(id) == cancelled)
        #expect(try await controller.cancelOperation(id, by: "eve") == cancelled)
        #expect(try await count(.ready) == 3 && store.treated.isEmpty)
    }

    @Test("a cancellation takes effect after the batch that is under way, whose jobs count")
    func cancelling() async throws {
        try await add(9)
        let id = try await start(.complete)
        let instance = instance()
        try await instance.round()
        store.onTreat = { [controller] in
            _ = try await controller.cancelOperation(id)
        }
        try await instance.round()
        store.onTreat = nil
        for _ in 0..<3 { try await instance.round() }

        let ended = try await operation(id)
        #expect(ended.state == .cancelled && ended.done == 6)
        #expect(try await count(.completed) == 6)
    }

    @Test(
        "another instance goes on when one is killed, treats each job once and counts all",
        arguments: BulkOperation.Action.allCases, [true, false])
    func takeover(action: BulkOperation.Action, isAfter: Bool) async throws {
        if action == .replay { try await addFailed(10) } else { try await add(10) }
        let id = try await start(action)
        let (first, second) = (instance(size: 4), instance(size: 4))
        try await first.round()
        #expect(try await second.round() == .seconds(1))
        store.kill = isAfter ? .after : .before
        await #expect(throws: (any Error).self) { try await first.round() }
        store.kill = nil
        #expect(try await operation(id).batch?.count == 4)
        clock.advance(by: 5999)
        try await second.round()
        #expect(try await operation(id).done == 4)

        clock.advance(by: 1)
        for _ in 0..<4 { try await second.round() }

        let done = try await operation(id)
        #expect(done.state == .done && done.done == 10 && done.skipped == 0, "\(done)")
        #expect(store.treated.reduce(0, +) == 10)
    }

    @Test("a job that fails again is not replayed again by an instance that takes over")
    func failedAgain() async throws {
        let ids = try await addFailed(3)
        let id = try await start(.replay)
        let (first, second) = (instance(), instance())
        store.kill = .after
        await #expect(throws: (any Error).self) { try await first.round() }
        store.kill = nil
        clock.advance(by: 6000)
        for id in ids { try await fail(id) }

        for _ in 0..<3 { try await second.round() }

        #expect(try await operation(id).done == 3)
        #expect(try await count(.failed) == 3)
        for id in ids { #expect(try await controller.get(id)?.retries == 2) }
    }

    @Test("an instance that was stalled does not treat what another one goes on with")
    func stalled() async throws {
        try await add(6)
        let id = try await start(.cancel)
        let (first, second) = (instance(), instance())
        store.onSlice = { [store, clock] in
            // While the first one is about to begin a batch, the second one takes over.
            store.onSlice = nil
            clock.advance(by: 6000)
            _ = try await second.round()
        }
        try await first.round()
        #expect(try await operation(id).done == 3)
        #expect(store.treated == [3])
        for _ in 0..<4 { try await second.round() }
        #expect(try await operation(id).done == 6 && store.treated == [3, 3])
    }

    @Test("operations take turns, so that a small one does not wait for a large one")
    func turns() async throws {
        try await add(30)
        try await add(2, type: "small")
        let large = try await start(.cancel)
        let small = try await start(.cancel, filter("small"))
        let instance = instance()

        for _ in 0..<4 { try await instance.round() }

        #expect(try await operation(small).state == .done)
        #expect(try await operation(large).state == .running)
        #expect(try await controller.operations().map(\.id) == [small, large])
    }

    @Test("an instance that ends lets another one go on at once", .timeLimit(.minutes(1)))
    func givingBack() async throws {
        try await add(6)
        let id = try await start(.cancel)
        let first = instance()
        try await first.round()
        try await first.giveBack()
        try await instance().round()
        #expect(try await operation(id).done == 6)
    }

    @Test("a running service carries operations out", .timeLimit(.minutes(1)))
    func run() async throws {
        try await add(1200)
        var settings = OperationRunner.Settings()
        // The pace of a busy machine would take longer than the test may.
        settings.pace.longestPause = .milliseconds(10)
        let runner = OperationRunner(
            controller: controller, logger: .silent, settings: settings)
        let task = Task { await runner.run() }
        defer { task.cancel() }
        try await Task.sleep(for: .milliseconds(50))
        let id = try await start(.delete)
        try await eventually { try await controller.operation(id)?.state == .done }
        #expect(try await controller.list(filter(), Paging(take: -1, wantsTotal: true)).total == 0)
        #expect(try await operation(id).done == 1200)
        // Written after the operation has ended.
        try await eventually { try await !controller.audit().isEmpty }
        let entry = try #require(try await controller.audit().first)
        #expect(entry.command == "end_operation" && entry.jobs == 1200 && entry.outcome == "done")
    }
}
