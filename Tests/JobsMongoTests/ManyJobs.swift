import Jobs

@testable import JobsMongo

extension TestCollection {
    /// Lends a store over thousands of jobs, including some of an older service.
    static func withManyJobs(
        _ body: (MongoJobsPersistence, TestCollection) async throws -> Void
    ) async throws {
        try await with(database: "jobs_tests_plans") { collection in
            let store = collection.store()
            try await store.prepare()
            // Creates the index for the limit of cleaning.
            try await store.clean(Cleaning(maxRetries: 10))
            try await collection.insert(manyOldJobs(of: 3000))
            try await store.adopt()
            let new = (0..<1000).map { index in
                NewJob(
                    type: index % 2 == 0 ? "mail" : "report", refID: "new \(index)",
                    ttl: index % 3 == 0 ? 600_000 : 0, priority: index % 4,
                    delay: index % 5 == 0 ? 600_000 : nil)
            }
            _ = try await store.add(new)
            // Some jobs of each kind that are not adopted, and not in the claim index.
            try await collection.insert(manyOldJobs(of: 500))
            try await body(store, collection)
        }
    }

    /// Jobs created one per second until now, one sixth of them in each of six states.
    fileprivate static func manyOldJobs(of count: Int) -> [BSONLiteral] {
        let now = Timestamp.now()
        return (0..<count).map { index in
            var sample = NodeSample()
            sample.type = ["mail", "report", "kind \(index % 40)"][index / 6 % 3]
            sample.refID = "\(index / 3)"
            sample.created = now.advanced(by: Int64(index - count) * 1000)
            switch index % 6 {
            case 0: sample.completed = sample.created.advanced(by: 500)
            case 1: sample.retries = 11
            case 2: sample.lockedUntil = now.advanced(by: 600_000)
            case 3: sample.executeUntil = now.advanced(by: 600_000)
            default: break
            }
            return sample.document
        }
    }
}
