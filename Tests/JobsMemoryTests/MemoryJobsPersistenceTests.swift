import Jobs
import JobsEngine
import JobsMemory
import JobsPersistenceSuite
import JobsTestSupport
import MetricsTestKit
import Synchronization
import Testing

@Suite("MemoryJobsPersistence")
struct MemoryJobsPersistenceTests {
    @Test("meets the requirements of every store", arguments: PersistenceClaim.all)
    func asEveryStore(_ claim: PersistenceClaim) async throws {
        let clock = SetClock()
        let store = MemoryJobsPersistence(clock: { clock.now() })

        try await claim.check(StoreUnderTest(instances: [store]) { clock.advance(by: $0) })
    }

    @Test("loses nothing when the clock is set", arguments: PersistenceClaim.clockSteps)
    func clockSteps(_ claim: PersistenceClaim) async throws {
        let clock = SetClock()
        let store = MemoryJobsPersistence(clock: clock.steady)

        try await claim.check(
            StoreUnderTest(instances: [store], set: clock.set(by:), pass: clock.advance(by:)))
    }

    @Test("meets the requirements of metrics", arguments: CountingClaim.all)
    func counts(_ claim: CountingClaim) async throws {
        let clock = SetClock()
        let metrics = TestMetrics()
        let jobs = MemoryJobsPersistence(
            clock: { clock.now() }, observer: JobMetrics(factory: metrics))
        let store = StoreUnderTest(instances: [jobs]) { clock.advance(by: $0) }

        try await claim.check(CountedStore(store, census: jobs, metrics: metrics))
    }
}
