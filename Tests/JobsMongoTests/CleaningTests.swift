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
            let jobs = (0..<400).map { number in
                var job = Job.random(number, at: now, using: &random)
                if number % 3 == 0 { job.type = "report" }
                return job
            }
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
                Cleaning(
                    maxRetries: 10, retention: Retention(completed: 5000, failed: 5000),
                    typeRetentions: .random(using: &random)),
                Cleaning(maxRetries: .max, typeRetentions: .random(using: &random)),
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

        @Test("retained jobs of a type are read once, not at every cleaning")
        func retainedType() async throws {
            try await TestCollection.with(database: "jobs_tests_plans") { collection in
                let store = collection.store()
                try await store.prepare()
                let now = Timestamp.now()
                let ended = { (count: Int, type: String, at: Timestamp) in
                    (0..<count).map { index in
                        var job = Job(
                            id: JobID("\(type) \(index) \(at)"), type: type, refID: "1",
                            created: at)
                        job.completed = at
                        return StoredJob(job: job).document
                    }
                }
                try await collection.insert(ended(2000, "mail", now.advanced(by: -600_000)))
                try await collection.insert(ended(20, "report", now.advanced(by: -600_000)))
                var kept = TypeRetention()
                kept.completed = 3_600_000
                let cleaning = Cleaning(
                    maxRetries: 10, typeRetentions: [ExactText("mail"): kept])
                #expect(try await store.clean(cleaning) == CleanedJobs(completed: 20))
                try await collection.insert(ended(20, "report", now))

                var cleaned = CleanedJobs()
                let commands = try await collection.profiled {
                    cleaned = try await store.clean(cleaning)
                }

                #expect(cleaned == CleanedJobs(completed: 20))
                #expect(commands.map(\.documentsExamined).reduce(0, +) < 200, "\(commands)")
                #expect(try await collection.documents().count == 2000)
            }
        }

        @Test("a cleaning looks at jobs of any age once an hour, and when its rules have changed")
        func progress() {
            let time = { Timestamp(milliseconds: 1_000_000_000_000 + $0) }
            let types = [ExactText("mail"): TypeRetention()]
            let cleaning = Cleaning(maxRetries: 10, typeRetentions: types)
            var progress = CleaningProgress()

            #expect(progress.begin(cleaning, at: time(0)) == .min)
            // The first one has failed.
            #expect(progress.begin(cleaning, at: time(1)) == .min)
            progress.end(cleaning, at: time(1))
            #expect(
                progress.begin(cleaning, at: time(60_000)) == time(1 - CleaningProgress.slack))
            progress.end(cleaning, at: time(60_000))
            #expect(progress.begin(cleaning, at: time(3_600_001)) == .min)
            progress.end(cleaning, at: time(3_600_001))
            #expect(
                progress.begin(Cleaning(maxRetries: 9, typeRetentions: types), at: time(3_600_002))
                    == .min)
            progress.end(Cleaning(maxRetries: 10), at: time(3_600_003))
            #expect(progress.begin(Cleaning(maxRetries: 10), at: time(3_600_004)) == .min)
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

            #expect(events.take() == jobs.map { _ in "cancelled" })
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

extension [ExactText: TypeRetention] {
    /// Times for the types of random jobs, and for one that none has.
    fileprivate static func random(using random: inout SplitMix64) -> Self {
        var all: Self = [:]
        for type in ["mail", "report", "none"] {
            let times: [Int64?] = [nil, -1, 0, 5000, 15_000, 60_000, .max]
            var own = TypeRetention()
            own.completed = times.randomElement(using: &random) ?? nil
            own.failed = times.randomElement(using: &random) ?? nil
            own.cancelled = times.randomElement(using: &random) ?? nil
            own.expired = times.randomElement(using: &random) ?? nil
            all[ExactText(type)] = own
        }
        return all
    }
}

extension TestCollection {
    fileprivate func runOnRecords(_ update: BSONLiteral) async throws {
        let statement: BSONLiteral = ["q": [:], "u": update]
        try await run(
            ["update": .string("\(name)_records"), "updates": [statement]], as: .write)
    }
}
