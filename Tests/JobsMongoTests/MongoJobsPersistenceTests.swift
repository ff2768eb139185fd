import Jobs
import JobsEngine
import JobsMongo
import JobsPersistenceSuite
import MetricsTestKit
import Testing

extension MongoTests {
    @Suite("MongoJobsPersistence", .sharedCollection)
    struct MongoJobsPersistenceTests {
        @Test("meets the requirements of every store", arguments: StoreRequirement.all)
        func asEveryStore(_ requirement: StoreRequirement) async throws {
            let collection = try await TestCollection.shared()
            try await check(requirement, (0..<3).map { _ in collection.store() })
        }

        @Test("meets them with merged commands", arguments: StoreRequirement.all)
        func merging(_ requirement: StoreRequirement) async throws {
            let collection = try await TestCollection.shared()
            try await check(
                requirement, (0..<3).map { _ in MergingJobsPersistence(collection.store()) })
        }

        @Test("meets the requirements of metrics", arguments: MetricsRequirement.all)
        func counts(_ requirement: MetricsRequirement) async throws {
            let collection = try await TestCollection.shared()
            let metrics = TestMetrics()
            let jobs = MongoJobsPersistence(
                client: collection.client, database: collection.database,
                collection: collection.name, observer: JobMetrics(factory: metrics))
            let store = StoreUnderTest(instances: [jobs]) { milliseconds in
                try await Task.sleep(for: .milliseconds(milliseconds))
            }

            try await requirement.check(CountedStore(store, census: jobs, metrics: metrics))
        }

        private func check(_ requirement: StoreRequirement, _ instances: [any JobsPersistence])
            async throws
        {
            let store = StoreUnderTest(instances: instances) { milliseconds in
                // The time of the server cannot be set.
                try await Task.sleep(for: .milliseconds(milliseconds))
            }
            try await requirement.check(store)
        }
    }
}
