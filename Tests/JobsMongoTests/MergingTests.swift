import Jobs
import JobsMongo
import JobsPersistenceSuite
import Testing

@Suite("MergingJobsPersistence over MongoDB", .serialized)
struct MergingMongoTests {
    @Test("as every store", arguments: PersistenceClaim.all)
    func asEveryStore(_ claim: PersistenceClaim) async throws {
        try await withStores(3) { stores in
            let store = StoreUnderTest(instances: stores.map { MergingJobsPersistence($0) }) {
                try await Task.sleep(for: .milliseconds($0))
            }
            try await claim.check(store)
        }
    }
}
