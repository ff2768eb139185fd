import Jobs
import JobsEngine
import JobsMemory
import JobsPersistenceSuite
import JobsTestSupport
import Testing

@Suite("MergingJobsPersistence over memory")
struct MergingMemoryTests {
    @Test("meets the requirements of every store", arguments: StoreRequirement.all)
    func asEveryStore(_ requirement: StoreRequirement) async throws {
        let clock = SetClock()
        let store = MergingJobsPersistence(MemoryJobsPersistence(clock: { clock.now() }))

        try await requirement.check(StoreUnderTest(instances: [store]) { clock.advance(by: $0) })
    }
}
