import Jobs
import JobsEngine
import JobsMemory
import JobsPersistenceSuite
import JobsTestSupport
import Testing

@Suite("MergingJobsPersistence over memory")
struct MergingMemoryTests {
    @Test("meets the requirements of every store", arguments: PersistenceClaim.all)
    func asEveryStore(_ claim: PersistenceClaim) async throws {
        let clock = SetClock()
        let store = MergingJobsPersistence(MemoryJobsPersistence(clock: { clock.now() }))

        try await claim.check(StoreUnderTest(instances: [store]) { clock.advance(by: $0) })
    }
}
