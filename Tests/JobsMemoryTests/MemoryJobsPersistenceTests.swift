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

    @Test("loses nothing by a clock that is set", arguments: PersistenceClaim.clockSteps)
    func clockSteps(_ claim: PersistenceClaim) async throws {
        let clock = SetClock()
        let store = MemoryJobsPersistence(clock: clock.steady)

        try await claim.check(
            StoreUnderTest(instances: [store], set: clock.set(by:), pass: clock.advance(by:)))
    }

    @Test("counts as every store", arguments: CountingClaim.all)
    func counts(_ claim: CountingClaim) async throws {
        let clock = SetClock()
        let metrics = TestMetrics()
        let jobs = MemoryJobsPersistence(
            clock: { clock.now() }, observer: JobMetrics(factory: metrics))
        let store = StoreUnderTest(instances: [jobs]) { clock.advance(by: $0) }

        try await claim.check(CountedStore(store, census: jobs, metrics: metrics))
    }
}

/// A clock that stands still until it is moved.
final class SetClock: Sendable {
    private let time = Mutex(Timestamp(milliseconds: 1_800_000_000_000))
    private let uptime = Mutex(Duration.zero)

    func now() -> Timestamp {
        time.withLock { $0 }
    }

    /// Has time pass.
    func advance(by milliseconds: Int64) {
        time.withLock { $0 = $0.advanced(by: milliseconds) }
        uptime.withLock { $0 += .milliseconds(milliseconds) }
    }

    /// Sets the time of day, as people and NTP do; no time passes.
    func set(by milliseconds: Int64) {
        time.withLock { $0 = $0.advanced(by: milliseconds) }
    }

    /// What a store on such a machine goes by.
    var steady: SteadyClock {
        SteadyClock(timeOfDay: { self.now() }, uptime: { self.uptime.withLock { $0 } })
    }
}
