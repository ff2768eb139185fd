import Jobs
import JobsMemory
import JobsPersistenceSuite
import MetricsTestKit
import Synchronization
import Testing

@Suite("MemoryJobsPersistence")
struct MemoryJobsPersistenceTests {
    @Test("as every store", arguments: PersistenceClaim.all)
    func asEveryStore(_ claim: PersistenceClaim) async throws {
        let clock = SetClock()
        let store = MemoryJobsPersistence(clock: { clock.now() })

        try await claim.check(StoreUnderTest(instances: [store]) { clock.advance(by: $0) })
    }

    @Test("counts as every store", arguments: CountingClaim.all)
    func counts(_ claim: CountingClaim) async throws {
        let clock = SetClock()
        let metrics = TestMetrics()
        let jobs = MemoryJobsPersistence(
            clock: { clock.now() }, metrics: JobMetrics(factory: metrics))
        let store = StoreUnderTest(instances: [jobs]) { clock.advance(by: $0) }

        try await claim.check(CountedStore(store, census: jobs, metrics: metrics))
    }
}

/// A clock that stands still until it is moved.
final class SetClock: Sendable {
    private let time = Mutex(Timestamp(milliseconds: 1_800_000_000_000))

    func now() -> Timestamp {
        time.withLock { $0 }
    }

    func advance(by milliseconds: Int64) {
        time.withLock { $0 = $0.advanced(by: milliseconds) }
    }
}
