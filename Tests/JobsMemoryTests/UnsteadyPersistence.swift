import Jobs
import JobsMemory
import JobsTestSupport
import Synchronization

/// A store that waits before and after each step, and fails on request, so that tests cover all
/// interleavings of steps.
final class UnsteadyPersistence: SteppedPersistence {
    let base: any JobsPersistence
    private let pause: @Sendable () async -> Void
    private let state = Mutex((isAway: false, claims: 0))

    init(
        _ jobs: MemoryJobsPersistence = MemoryJobsPersistence(),
        pause: @escaping @Sendable () async -> Void
    ) {
        base = jobs
        self.pause = pause
    }

    var isAway: Bool {
        get { state.withLock { $0.isAway } }
        set { state.withLock { $0.isAway = newValue } }
    }

    /// The number of claims.
    var claims: Int { state.withLock { $0.claims } }

    func step<Value: Sendable>(
        _ call: (any JobsPersistence) async throws -> Value
    ) async throws -> Value {
        await pause()
        if isAway { throw JobsError.unavailable(reason: "away") }
        let value = try await call(base)
        await pause()
        return value
    }

    func claim(_ claim: Claim) async throws -> [StartedJob] {
        state.withLock { $0.claims += 1 }
        return try await step { try await $0.claim(claim) }
    }
}
