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
    @Test("meets the requirements of every store", arguments: StoreRequirement.all)
    func asEveryStore(_ requirement: StoreRequirement) async throws {
        let clock = SetClock()
        let store = MemoryJobsPersistence(clock: { clock.now() })

        try await requirement.check(StoreUnderTest(instances: [store]) { clock.advance(by: $0) })
    }

    @Test("loses nothing when the clock is set", arguments: StoreRequirement.clockSteps)
    func clockSteps(_ requirement: StoreRequirement) async throws {
        let clock = SetClock()
        let store = MemoryJobsPersistence(clock: clock.steady)

        try await requirement.check(
            StoreUnderTest(instances: [store], set: clock.set(by:), pass: clock.advance(by:)))
    }

    @Test("meets the requirements of metrics", arguments: MetricsRequirement.all)
    func counts(_ requirement: MetricsRequirement) async throws {
        let clock = SetClock()
        let metrics = TestMetrics()
        let jobs = MemoryJobsPersistence(
            clock: { clock.now() }, observer: JobMetrics(factory: metrics))
        let store = StoreUnderTest(instances: [jobs]) { clock.advance(by: $0) }

        try await requirement.check(CountedStore(store, census: jobs, metrics: metrics))
    }
}
