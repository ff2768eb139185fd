import Jobs
import JobsPersistenceSuite
import Testing

extension MongoTests {
    @Suite("MongoJobsPersistence", .sharedCollection)
    struct MongoJobsPersistenceTests {
        @Test("as every store", arguments: PersistenceClaim.all)
        func asEveryStore(_ claim: PersistenceClaim) async throws {
            let collection = try await TestCollection.shared()
            let instances = (0..<3).map { _ in collection.store() }
            let store = StoreUnderTest(instances: instances) { milliseconds in
                // The server's time cannot be moved.
                try await Task.sleep(for: .milliseconds(milliseconds))
            }

            try await claim.check(store)
        }
    }
}
