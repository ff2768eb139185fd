import BSON
import Jobs
import JobsPersistenceSuite
import Mongo
import SeededRandom
import Testing

@testable import JobsMongo

extension MongoTests {
    @Suite("Cleaning", .sharedCollection)
    struct CleaningTests {
        @Test("is done by one instance at a time, and by another once the lease has lapsed")
        func lease() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            let crashed = CleaningLease(store.collection)
            #expect(try await crashed.take())

            #expect(try await store.cleanInTurn(Cleaning(maxRetries: 10)) == nil)
            #expect(try await store.clean(Cleaning(maxRetries: 10)) == CleanedJobs())

            try await collection.runOnRecords(["$set": ["until": .date(Timestamp.min)]])
            #expect(try await store.cleanInTurn(Cleaning(maxRetries: 10)) == CleanedJobs())
            #expect(try await store.cleanInTurn(Cleaning(maxRetries: 10)) == CleanedJobs())
        }

        @Test("removes exactly the jobs whose retention has passed", arguments: [1, 2] as [UInt64])
        func retention(seed: UInt64) async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            var random = SplitMix64(seed: seed)
            let now = Timestamp.now()
            let jobs = (0..<400).map { Job.random($0, at: now, using: &random) }
            let rules = [
                Cleaning(maxRetries: 2),
                Cleaning(
                    maxRetries: 1000,
                    retention: Retention(completed: 5000, failed: 5000, cancelled: 5000)),
                Cleaning(
                    maxRetries: 6,
                    retention: Retention(
                        completed: 60_000, failed: 60_000, cancelled: 15_000, expired: 60_000)),
                Cleaning(
                    maxRetries: .max,
                    retention: Retention(completed: .max, failed: 0, cancelled: -1, expired: .max)),
            ]
            for cleaning in rules {
                try await store.deleteAll()
                try await collection.insert(jobs.map { StoredJob(job: $0).document })

                let cleaned = try await store.clean(cleaning)

                var expected = CleanedJobs()
                for job in jobs {
                    if let reason = job.disposal(at: now, cleaning) { expected.count(reason) }
                }
                #expect(cleaned == expected, "\(cleaning)")
                let kept = jobs.filter { $0.disposal(at: now, cleaning) == nil }
                    .map { $0.settled(at: now) ?? $0 }
                #expect(
                    try await store.list(JobFilter(), Paging()).jobs
                        == kept.sorted { $0.id < $1.id }, "\(cleaning)")
            }
        }

        @Test("records cancellations that took effect, each reported once")
        func settles() async throws {
            let collection = try await TestCollection.shared()
            let events = RecordingObserver()
            let store = collection.store(observer: events)
            let now = Timestamp.now()
            let jobs = (0..<600).map { index in
                var job = Job(
                    id: JobID("job \(index)"), type: "mail", refID: "1",
                    created: now.advanced(by: -1000), started: now.advanced(by: -900),
                    lockedUntil: now.advanced(by: -100), retries: 1)
                job.cancelRequested = now.advanced(by: -500)
                return job
            }
            try await collection.insert(jobs.map { StoredJob(job: $0).document })

            #expect(try await store.clean(Cleaning(maxRetries: 10)) == CleanedJobs())

            #expect(events.take() == jobs.map { _ in "cancelled 1" })
            #expect(
                try await store.list(JobFilter(), Paging()).jobs.allSatisfy {
                    $0.cancelled == $0.attempts.first?.ended
                })
            let census = try await store.census(maxRetries: 10)
            #expect(census.values.map(\.cancelled) == [600])
        }

        @Test("removes more than a slice, and renews the lease")
        func slices() async throws {
            let collection = try await TestCollection.shared()
            try await collection.insert(
                (0..<2500).map {
                    [
                        "_id": .string("\($0)"), "type": "mail", "ref_id": "1",
                        "completed": .date(Timestamp.now()),
                    ]
                })

            let cleaned = try await collection.store().cleanInTurn(Cleaning(maxRetries: 10))

            #expect(cleaned == CleanedJobs(completed: 2500))
            #expect(try await collection.documents().isEmpty)
        }
    }
}

extension TestCollection {
    fileprivate func runOnRecords(_ update: BSONLiteral) async throws {
        let statement: BSONLiteral = ["q": [:], "u": update]
        try await run(
            ["update": .string("\(name)_records"), "updates": [statement]], as: .write)
    }
}
