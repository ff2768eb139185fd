import Jobs
import JobsPersistenceSuite
import Testing

@testable import JobsFile

@Suite("FileJobsPersistence")
struct FileJobsPersistenceTests {
    @Test("as every store", arguments: PersistenceClaim.all)
    func asEveryStore(_ claim: PersistenceClaim) async throws {
        try await withStore { store, clock in
            try await claim.check(StoreUnderTest(instances: [store]) { clock.advance(by: $0) })
        }
    }
}
