import Jobs
import JobsEngine
import JobsTestSupport
import Logging
import ServiceLifecycle
import Synchronization
import Testing

@testable import JobsService

@Suite(.timeLimit(.minutes(1))) struct CensusKeeperTests {
    /// A store whose counts the test controls.
    private final class Store: Sendable {
        private let state = Mutex<(ready: Int, asked: Int, isAway: Bool)>((0, 0, false))
        private let (answers, answer) = AsyncStream<Void>.makeStream()

        var asked: Int { state.withLock { $0.asked } }
        func set(ready: Int, isAway: Bool = false) {
            state.withLock { ($0.ready, $0.isAway) = (ready, isAway) }
        }
        /// Lets one more count finish.
        func letAnswer() { answer.yield() }

        func census() async throws -> [ExactText: JobCounts] {
            state.withLock { $0.asked += 1 }
            for await _ in answers { break }
            let (ready, _, isAway) = state.withLock { $0 }
            if isAway { throw JobsError.unavailable(reason: "test") }
            var counts = JobCounts()
            counts.ready = ready
            return [ExactText("mail"): counts]
        }
    }

    private let store = Store()

    private func with(
        lifetime: Duration = .zero, patience: Duration = .seconds(30),
        _ body: @Sendable @escaping (CensusKeeper) async throws -> Void
    ) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let keeper = CensusKeeper(
            [{ [store] in try await store.census() }], metrics: JobMetrics(), lifetime: lifetime,
            patience: patience, logger: logger)
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: keeper)], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            do {
                try await body(keeper)
            } catch {
                store.letAnswer()
                await group.triggerGracefulShutdown()
                throw error
            }
            store.letAnswer()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    @Test("concurrent requests share one count")
    func singleFlight() async throws {
        store.set(ready: 7)
        try await with(lifetime: .seconds(60)) { [store] keeper in
            async let answers = withTaskGroup(of: Int?.self) { group in
                for _ in 0..<20 {
                    group.addTask { await keeper.counts()?[ExactText("mail")]?.ready }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            try await eventually { store.asked > 0 }
            store.letAnswer()

            #expect(await answers == Array(repeating: 7, count: 20))
            #expect(await keeper.counts()?[ExactText("mail")]?.ready == 7)
            #expect(store.asked == 1)
        }
    }

    @Test("during a slow count requests get the last one")
    func patience() async throws {
        store.set(ready: 1)
        try await with(patience: .milliseconds(50)) { [store] keeper in
            #expect(await keeper.counts() == nil)
            store.letAnswer()
            try await eventually { await keeper.counts()?[ExactText("mail")]?.ready == 1 }

            store.set(ready: 2)
            #expect(await keeper.counts()?[ExactText("mail")]?.ready == 1)
        }
    }

    @Test("it pauses for twenty times the duration of a count")
    func pace() async throws {
        try await with(patience: .milliseconds(1)) { [store] keeper in
            _ = await keeper.counts()
            try await eventually { store.asked == 1 }
            try await Task.sleep(for: .milliseconds(200))
            store.letAnswer()
            try await eventually { await keeper.counts() != nil }

            _ = await keeper.counts()
            #expect(store.asked == 1)
        }
    }

    @Test("after a failed count there are no counts")
    func failure() async throws {
        store.set(ready: 1)
        store.letAnswer()
        try await with { [store] keeper in
            #expect(await keeper.counts()?[ExactText("mail")]?.ready == 1)
            store.set(ready: 1, isAway: true)
            store.letAnswer()

            try await eventually { await keeper.counts() == nil }
        }
    }
}
