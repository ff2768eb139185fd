import BSON
import JSON
import Jobs
import JobsTestSupport
import Mongo
import Testing

@testable import JobsMongo

extension MongoTests {
    @Suite("Migration", .sharedCollection)
    struct MigrationTests {
        private func migration(_ collection: TestCollection, batchSize: Int = 500) -> JobsMigration
        {
            JobsMigration(
                client: collection.client, database: collection.database,
                collection: collection.name, batchSize: batchSize)
        }

        @Test("converts each document, and leaves its other fields unchanged")
        func everySample() async throws {
            let collection = try await TestCollection.shared()
            let samples = DartSamples().all
            try await collection.insert(samples.map(\.document))

            let report = try await migration(collection).run(isDryRun: false)

            #expect(report == JobsMigration.Report(migrated: samples.count))
            for sample in samples {
                let document = try #require(try await collection.document(sample.id))
                #expect(document.fields == sample.fieldsAfterwards, "\(sample.refID)")
            }
        }

        @Test("keeps failed and cancelled jobs from being handed out, and the delay of others")
        func outcomes() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            let date: BSONLiteral = "2020-01-01T00:00:00.000Z"
            try await collection.insert(
                ["failed", "cancelled", "delayed"].map {
                    [
                        "_id": .string($0), "type": "mail", "ref_id": "1", "created": date,
                        "started": date, "locked_until": .null, "execute_until": .null,
                        "completed": .null, "retries": 1,
                    ]
                })
            let failure = Failure(retry: false)
            #expect(try await store.change(JobID("failed"), .fail(failure))?.failed != nil)
            #expect(try await store.change(JobID("cancelled"), .cancel)?.cancelled != nil)
            let delayed = Act.fail(Failure(delay: 600_000))
            #expect(try await store.change(JobID("delayed"), delayed)?.delayedUntil != nil)

            _ = try await migration(collection).run(isDryRun: false)
            try await store.adopt()

            #expect(try await store.claim() == nil)
            #expect(try await store.list { $0.state = .failed }.map(\.id) == [JobID("failed")])
            #expect(try await store.list { $0.state = .delayed }.map(\.id) == [JobID("delayed")])
        }

        @Test("changes nothing the second time")
        func again() async throws {
            let collection = try await TestCollection.shared()
            try await collection.insert(DartSamples().all.map(\.document))
            _ = try await migration(collection).run(isDryRun: false)
            let documents = try await collection.documents()

            let report = try await migration(collection).run(isDryRun: false)

            #expect(report == JobsMigration.Report())
            #expect(try await collection.documents() == documents)
        }

        @Test("counts in a dry run, and changes nothing")
        func dryRun() async throws {
            let collection = try await TestCollection.shared()
            let samples = DartSamples().all
            try await collection.insert(samples.map(\.document))
            let documents = try await collection.documents()

            let report = try await migration(collection, batchSize: 3).run(isDryRun: true)

            #expect(report == JobsMigration.Report(migrated: samples.count))
            #expect(try await collection.documents() == documents)
        }

        @Test("makes jobs claimable at once, in the order of their availability")
        func claimed() async throws {
            let collection = try await TestCollection.shared()
            let samples = DartSamples()
            try await collection.insert(samples.all.map(\.document))
            let store = collection.store()
            #expect(try await store.claim() == nil)

            _ = try await migration(collection).run(isDryRun: false)

            let claimed = try await store.claimAll()
            let refIDs = try await store.list { $0.lockedUntil.from = samples.future }.map(\.refID)
            #expect(claimed.count == DartSamples.claimable.count)
            #expect(Set(refIDs).isDisjoint(with: DartSamples.claimable))
            #expect(
                try await store.list { $0.started.from = .now().advanced(by: -60_000) }
                    .map(\.refID).sorted() == DartSamples.claimable.sorted())
        }

        @Test("continues after an interruption at any batch")
        func interrupted() async throws {
            let collection = try await TestCollection.shared()
            let samples = DartSamples().all
            try await collection.insert(samples.map(\.document))
            let migration = migration(collection, batchSize: 3)
            var migrated = 0
            var rounds = 0

            while migrated < samples.count {
                rounds += 1
                let part = Task {
                    try await migration.run(isDryRun: false) { _ in
                        withUnsafeCurrentTask { $0?.cancel() }
                    }
                }
                await #expect(throws: CancellationError.self) { try await part.value }
                migrated = try await collection.documents(["created": ["$type": "date"]]).count
                #expect(migrated == min(rounds * 3, samples.count))
            }

            for sample in samples {
                let document = try #require(try await collection.document(sample.id))
                #expect(document.fields == sample.fieldsAfterwards, "\(sample.refID)")
            }
        }

        @Test("leaves documents that it cannot read unchanged, and lists them")
        func odd() async throws {
            let collection = try await TestCollection.shared()
            let good = DartSamples().all
            let odd: [(BSONLiteral, String)] = [
                (["created": "yesterday"], "created is not a date"),
                (["created": .null, "started": "2026-06-08T10:00:00Z"], "created is missing"),
                (["created": "2026-06-08T10:00:00Z", "type": 5], "type is not a text"),
                (
                    ["created": "2026-06-08T10:00:00Z", "execute_until": 1_591_610_400],
                    "execute_until is not a date"
                ),
                (
                    ["created": "2026-06-08T10:00:00Z", "locked_until": ""],
                    "locked_until is not a date"
                ),
                (
                    ["created": "2026-06-08T10:00:00Z", "locked_util": true],
                    "locked_util is not a date"
                ),
                (
                    ["created": "2026-06-08T10:00:00Z", "retries": "1"],
                    "retries is not a whole number"
                ),
            ]
            for (number, (fields, _)) in odd.enumerated() {
                try await collection.insert([["_id": .string("odd \(number)"), "type": "mail"]])
                try await collection.update(["_id": .string("odd \(number)")], ["$set": fields])
            }
            let before = try await collection.documents()
            try await collection.insert(good.map(\.document))

            for isDryRun in [true, false] {
                let report = try await migration(collection, batchSize: 2).run(isDryRun: isDryRun)

                #expect(report.migrated == good.count)
                #expect(report.odd == odd.count)
                #expect(
                    report.examples
                        == odd.prefix(5).enumerated().map { "odd \($0): \($1.1)" })
            }
            let after = try await collection.documents(["_id": ["$regex": "^odd "]])
            #expect(after == before)
        }

        @Test("continues after ids of any type")
        func anyID() async throws {
            let collection = try await TestCollection.shared()
            let ids: [BSONLiteral] = [
                1, .value(2.5), "a", "b", ["x": 1], .value(BSONObjectID(Array(1...12))),
                .date(.now()), true,
            ]
            try await collection.insert(
                ids.map { ["_id": $0, "type": "mail", "created": "2026-06-08T10:00:00Z"] })

            let report = try await migration(collection, batchSize: 1).run(isDryRun: false)

            #expect(report == JobsMigration.Report(migrated: ids.count))
        }

        @Test("runs together with the service, and every job is done once")
        func besideTheService() async throws {
            let collection = try await TestCollection.shared()
            let ready = try #require(DartSamples().all.first).document
            let ids = (0..<400).map { _ in String.randomID }
            try await collection.insert(
                Array(repeating: ready, count: 400).enumerated().map {
                    var fields = BSONDocument($1).map {
                        BSONLiteral.Member(key: $0.key, value: .value($0.value))
                    }
                    fields[0] = .init(key: "_id", value: .string(ids[$0]))
                    return .document(fields)
                })
            let store = collection.store()

            let done = try await withThrowingTaskGroup(of: [JobID].self) { group in
                group.addTask {
                    _ = try await migration(collection, batchSize: 7).run(isDryRun: false)
                    return []
                }
                group.addTask {
                    // Like workers that got their jobs from the older service.
                    for id in ids.shuffled() {
                        _ = try await store.extend(JobID(id), timeout: 5)
                        _ = try await store.abort(JobID(id))
                    }
                    return []
                }
                for _ in 0..<3 {
                    group.addTask {
                        var done: [JobID] = []
                        while done.count < 100 {
                            let started = try await eventually {
                                try await store.claim(maxRetries: 1000)
                            }
                            let lease = LeaseReference(
                                id: started.job.id, lockToken: started.lockToken)
                            if case .success(.some) = try await store.change([
                                JobChange(lease, .complete)
                            ])[0] {
                                done.append(started.job.id)
                            }
                        }
                        return done
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            let rest = try await store.claimAll(maxRetries: 1000)

            #expect(Set(done + rest) == Set(ids.map { JobID($0) }))
            #expect((done + rest).count == 400)
            #expect(try await collection.documents(["created": ["$type": "string"]]).isEmpty)
        }

        @Test("goes on after documents that the database refuses, and lists them")
        func refused() async throws {
            try await TestCollection.with { collection in
                let date: BSONLiteral = "2020-01-01T00:00:00.000Z"
                try await collection.insert(
                    (0..<7).map {
                        [
                            "_id": .string("job \($0)"), "type": "mail",
                            "ref_id": $0 % 3 == 1 ? "bad" : "good", "created": date, "retries": 0,
                        ]
                    })
                let validator: BSONLiteral = [
                    "$or": [["ref_id": ["$ne": "bad"]], ["created": ["$type": "string"]]]
                ]
                try await collection.run(
                    ["collMod": .string(collection.name), "validator": validator], as: .write)

                for migrated in [5, 0] {
                    let report = try await migration(collection, batchSize: 3).run(isDryRun: false)

                    #expect(report.migrated == migrated && report.odd == 2)
                    #expect(report.examples.count == 2)
                    #expect(
                        report.examples.first?.hasPrefix("job 1: The job does not meet") == true)
                }
                let left = try await collection.documents(["created": ["$type": "string"]])
                #expect(left.count == 2)
            }
        }

        @Test("does not touch documents of this service and of the one in Node")
        func others() async throws {
            let collection = try await TestCollection.shared()
            try await collection.insert(NodeSamples().documents)
            let store = collection.store()
            _ = try await store.add(params: JSONText(#"{"created":"2026-06-08T10:00:00Z"}"#))
            let documents = try await collection.documents()

            #expect(try await migration(collection).run(isDryRun: false) == JobsMigration.Report())
            #expect(try await collection.documents() == documents)
        }
    }
}
