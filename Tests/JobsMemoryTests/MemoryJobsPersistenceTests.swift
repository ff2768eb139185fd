import Jobs
import JobsMemory
import JobsPersistenceSuite
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
