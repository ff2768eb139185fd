import Jobs
import JobsTestSupport
import Synchronization
import Testing

@testable import JobsEngine

@Suite("Counts of jobs that calls share")
struct SharedCensusTests {
    /// Counts that a test ends one by one.
    private final class Counter: Sendable {
        private let state = Mutex((begun: 0, allowed: 0))

        var begun: Int { state.withLock { $0.begun } }

        func allowOne() { state.withLock { $0.allowed += 1 } }

        func count(_ type: String?) async throws -> SharedCensus.Counts {
            let number = state.withLock { state in
                state.begun += 1
                return state.begun
            }
            try await eventually { state.withLock { $0.allowed >= number } }
            var counts = JobCounts()
            counts.ready = number
            return [ExactText(type ?? "all"): counts]
        }
    }

    private struct Failure: Error {}

    @Test("a call gets numbers that were counted after it came")
    func fresh() async throws {
        let counter = Counter()
        let census = SharedCensus(shortCount: .seconds(1000), counter.count)
        let all = ExactText("all")
        async let first = census.counted().value
        try await eventually { counter.begun == 1 }
        async let second = census.counted().value
        async let third = census.counted().value
        try await Task.sleep(for: .milliseconds(20))
        for _ in 0..<3 { counter.allowOne() }

        #expect(try await first[all]?.ready == 1)
        // They may have come while the first one was counted, or later.
        for number in [try await second[all]?.ready, try await third[all]?.ready] {
            #expect(try #require(number) >= 2)
        }
        #expect(counter.begun <= 3)
    }

    @Test("a count that takes long is kept for a while")
    func kept() async throws {
        let counted = Mutex(0)
        let census = SharedCensus { _ in
            counted.withLock { $0 += 1 }
            try await Task.sleep(for: .milliseconds(500))
            return [:]
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 { group.addTask { _ = try await census.counted().value } }
            try await group.waitForAll()
        }
        _ = try await census.counted().value

        #expect(counted.withLock { $0 } == 1)
        _ = try await census.counted("mail").value
        #expect(counted.withLock { $0 } == 2)
    }

    @Test("a short count is not kept")
    func short() async throws {
        let counted = Mutex(0)
        let census = SharedCensus { _ in
            counted.withLock { $0 += 1 }
            return [:]
        }
        for _ in 0..<3 { _ = try await census.counted().value }

        #expect(counted.withLock { $0 } == 3)
    }

    @Test("a failure is that of the calls that waited, and is not kept")
    func failure() async throws {
        let isAway = Mutex(true)
        let census = SharedCensus { _ in
            if isAway.withLock({ $0 }) { throw Failure() }
            return [:]
        }
        await #expect(throws: Failure.self) { try await census.counted().value }
        isAway.withLock { $0 = false }

        #expect(try await census.counted().value.isEmpty)
    }
}
