import Jobs
import JobsPersistenceSuite
import Testing

extension MongoTests {
    @Suite("MongoJobsPersistence", .sharedCollection)
    struct MongoJobsPersistenceTests {
        @Test("as every store", arguments: PersistenceClaim.all)
        func asEveryStore(_ claim: PersistenceClaim) async throws {
            let collection = try await TestCollection.shared()
            try await check(claim, (0..<3).map { _ in collection.store() })
        }

        @Test("as every store, with merged commands", arguments: PersistenceClaim.all)
        func merging(_ claim: PersistenceClaim) async throws {
            let collection = try await TestCollection.shared()
            try await check(claim, (0..<3).map { _ in MergingJobsPersistence(collection.store()) })
        }

        private func check(_ claim: PersistenceClaim, _ instances: [any JobsPersistence])
            async throws
        {
            let store = StoreUnderTest(instances: instances) { milliseconds in
                // The server's time cannot be moved.
                try await Task.sleep(for: .milliseconds(milliseconds))
            }
            try await claim.check(store)
        }
    }
}
