import BSON
import Jobs
import SeededRandom
import Testing

@testable import JobsMongo

extension MongoTests {
    @Suite("Acts", .sharedCollection)
    struct ActTests {
        private static let count = 400

        @Test("do what the rules say, from any state", arguments: 1...4 as ClosedRange<UInt64>)
        func rules(seed: UInt64) async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            var random = SplitMix64(seed: seed)
            let now = Timestamp.now()
            let jobs = (0..<Self.count).map { Job.random($0, at: now, using: &random) }
            let token = LockToken.random()
            try await collection.insert(jobs.map { StoredJob(job: $0, token: token).document })

            for job in jobs {
                let act = Act.random(using: &random)
                let hasToken = Bool.random(using: &random)
                let start = Timestamp.now()
                let change = JobChange(job.id, hasToken ? token : nil, act)
                let result = try #require(try await store.change([change]).first)
                let end = Timestamp.now()

                let found = try #require(try await store.get(job.id))
                let possible = (start.milliseconds - 2...end.milliseconds + 2).map {
                    job.applying(act, at: Timestamp(milliseconds: $0))
                }
                if case .failure(.notReplayed(job.id, isKeyTaken: false)) = result {
                    #expect(possible[0] == nil, "\(act)\n\(job)")
                    #expect(found == job, "\(act)\n\(job)")
                    continue
                }
                let changed = try #require(try result.get(), "\(act)\n\(job)")
                var expected = possible.map { $0 ?? job }
                if changed.completed != nil {
                    // Nothing can make the job unique again.
                    expected = expected.map { $0.withoutKey }
                }
                #expect(expected.contains(changed), "\(act)\n\(job)\n\(expected[0])\n\(changed)")
                #expect(found == changed, "\(act)\n\(job)")
                try check(try #require(try await collection.document("\(job.id)")), changed)
            }
        }

        /// Checks the fields of a document that a job does not have.
        private func check(_ document: BSONDocument, _ job: Job) throws {
            #expect(document.allSatisfy { !$0.key.hasPrefix("__") })
            if job.isEnded {
                for field in ["available_at", "leased", "parked_at", "unique_key"] {
                    #expect(document[field] == nil, "\(field) of \(job)")
                }
            } else {
                #expect(
                    document["available_at"]?.date?.milliseconds
                        == job.availableAt().milliseconds, "\(job)")
                #expect((document["leased"] != nil) == (job.lockedUntil != nil), "\(job)")
                #expect((document["unique_key"] != nil) == job.isUnique, "\(job)")
            }
            if job.completed == nil {
                let outcome = BSONDocument(["outcome": job.outcome ?? .null])
                #expect(
                    (document["outcome"]?.bytes ?? []) == (outcome["outcome"]?.bytes ?? []),
                    "\(job)")
            }
        }
    }
}

extension Job {
    fileprivate var withoutKey: Job {
        var job = self
        if job.isUnique { job.isUnique = false }
        return job
    }
}
