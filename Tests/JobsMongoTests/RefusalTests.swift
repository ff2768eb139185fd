import BSON
import JSON
import Jobs
import JobsEngine
import Mongo
import Testing

@testable import JobsMongo

extension MongoTests {
    /// A document that the database refuses affects only its own caller, which gets the reason.
    @Suite("Refusals")
    struct RefusalTests {
        private func withStore(
            _ body: (TestCollection, MongoJobsPersistence) async throws -> Void
        ) async throws {
            try await TestCollection.with { collection in
                let store = collection.store()
                try await store.prepare()
                try await body(collection, store)
            }
        }

        private func new(_ refID: String, type: String = "mail", params: JSONText? = nil)
            -> NewJob
        {
            NewJob(type: type, refID: refID, params: params)
        }

        private func text(bytes: Int) throws -> JSONText {
            try JSONText("\"" + String(repeating: "x", count: bytes) + "\"")
        }

        /// An array of small numbers, whose BSON has seven times the size of its JSON.
        private func dense(bytes: Int) throws -> JSONText {
            try JSONText("[" + String(repeating: "0,", count: bytes / 2) + "0]")
        }

        private func isRefused<Value>(_ result: Result<Value, JobsError>) -> Bool {
            if case .failure(.refused) = result { true } else { false }
        }

        /// The reason of a refusal; `nil` if the call succeeds.
        private func refusal<Value>(_ call: () async throws -> Value) async -> String? {
            do {
                _ = try await call()
                return nil
            } catch JobsError.refused(let reason) {
                return reason
            } catch {
                return nil
            }
        }

        @Test("a job too large for a document is refused, and the others are added")
        func tooLarge() async throws {
            try await withStore { _, store in
                let large = try text(bytes: 17 << 20)
                let results = try await store.add([new("1"), new("2", params: large), new("3")])

                #expect(results.map { try? $0.get().refID } == ["1", nil, "3"])
                #expect(results[1].error == .refused(reason: JobDocument.tooLarge))
                #expect(try await store.list().map(\.refID) == ["1", "3"])
                await #expect(throws: JobsError.refused(reason: JobDocument.tooLarge)) {
                    try await store.addUnique(new("2", params: large))
                }
                await #expect(throws: JobsError.refused(reason: JobDocument.tooLarge)) {
                    try await store.addUnique(new(String(repeating: "r", count: 17 << 20)))
                }
            }
        }

        @Test("jobs that are too large for one command are added with several")
        func largeBatches() async throws {
            try await withStore { _, store in
                let large = try text(bytes: 6 << 20)
                let news = (0..<3).map { new("\($0)", params: large) } + [new("3")]

                let jobs = try await store.add(news).map { try $0.get() }

                #expect(jobs.map(\.refID) == ["0", "1", "2", "3"])
                #expect(try await store.get(jobs[2].id)?.params?.bytes.count == large.bytes.count)
                #expect(try await store.get(jobs[3].id) != nil)
            }
        }

        @Test("params that are too large as a BSON value are stored as text")
        func denseText() async throws {
            try await withStore { collection, store in
                let dense = try dense(bytes: 3 << 20)
                let job = try await store.add(params: dense)

                #expect(try await collection.document("\(job.id)")?["params_json"] != nil)
                #expect(try await store.get(job.id)?.params == dense)
            }
        }

        @Test("the largest possible job can be started and completed")
        func roomForChanges() async throws {
            try await withStore { _, store in
                let nearlyAll = try text(bytes: (16 << 20) - (16 << 10) - 512)
                let job = try await store.addUnique(new("1", params: nearlyAll))

                let started = try #require(try await store.claim())
                #expect(try await store.abort(job.id, started.lockToken) != nil)
                #expect(try await store.complete(job.id)?.completed != nil)
            }
        }

        @Test("a validator of the collection refuses only its own documents")
        func validator() async throws {
            try await withStore { collection, store in
                try await collection.run(
                    [
                        "collMod": .string(collection.name),
                        "validator": ["ref_id": ["$ne": "bad"]],
                    ], as: .write)

                let results = try await store.add([new("1"), new("bad"), new("3"), new("bad")])

                #expect(results.map { try? $0.get().refID } == ["1", nil, "3", nil])
                #expect(isRefused(results[1]) && isRefused(results[3]))
                let reason = await refusal { try await store.addUnique(new("bad")) }
                #expect(reason?.contains("validation") == true)
                #expect(reason?.contains(collection.name) == false)
            }
        }

        @Test("a unique index of an operator refuses only its own documents, without a retry")
        func uniqueIndex() async throws {
            try await withStore { collection, store in
                let index: BSONLiteral = ["key": ["ref_id": 1], "name": "mine", "unique": true]
                try await collection.run(
                    ["createIndexes": .string(collection.name), "indexes": [index]], as: .write)

                let results = try await store.add([new("1"), new("1"), new("2")])

                #expect(results.map { try? $0.get().refID } == ["1", nil, "2"])
                #expect(
                    results[1].error
                        == .refused(
                            reason:
                                "A unique index of the database on ref_id has such a job already"
                        ))
                #expect(
                    await refusal { try await store.addUnique(new("1", type: "other")) } != nil)
            }
        }

        @Test("callers of merged adds have separate results")
        func merged() async throws {
            try await withStore { _, store in
                let merging = MergingJobsPersistence(store)
                let large = try text(bytes: 17 << 20)
                let half = try text(bytes: 9 << 20)

                let outcomes = await withTaskGroup(of: (Int, Bool).self) { group in
                    for index in 0..<30 {
                        let params = [7: large, 8: half, 9: half][index]
                        group.addTask {
                            let result = try? await merging.add([
                                NewJob(type: "mail", refID: "\(index)", params: params)
                            ]).first?.get()
                            return (index, result != nil)
                        }
                    }
                    return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
                }

                #expect(outcomes.filter { !$0.value }.keys.sorted() == [7])
                #expect(try await store.list { $0.type = "mail" }.count == 29)
            }
        }

        @Test("a command too large for any server is refused before it is sent")
        func commands() async throws {
            try await withStore { _, store async throws in
                let id = JobID(String(repeating: "i", count: 50 << 20))
                #expect(await refusal { try await store.get(id) } != nil)
                #expect(try await store.list().isEmpty)
            }
        }

        /// Adds a validator that refuses changes after which the job "bad" does not meet the
        /// condition.
        private func forbid(_ collection: TestCollection, unless condition: BSONLiteral)
            async throws
        {
            try await collection.run(
                [
                    "collMod": .string(collection.name),
                    "validator": ["$or": [["ref_id": ["$ne": "bad"]], condition]],
                ], as: .write)
        }

        @Test("a job whose start the database refuses does not block others")
        func claims() async throws {
            try await withStore { collection, store in
                for refID in ["bad", "1", "bad", "2", "3", "4"] {
                    try await store.add(refID: refID)
                }
                try await forbid(collection, unless: ["started": .null])

                #expect(try await store.claim()?.job.refID == "1")
                let other = collection.store()
                let started = try await other.claim(
                    Claim(type: "mail", timeout: 60_000, maxRetries: 10, limit: 10))
                #expect(started.map(\.job.refID) == ["2", "3", "4"])
                #expect(try await store.claim() == nil)
                #expect(try await other.claim() == nil)
                #expect(
                    await refusal { try await store.start(Start(firstBad(), timeout: 1)) } != nil)

                func firstBad() async throws -> JobID {
                    try #require(try await store.list { $0.refID = "bad" }.first).id
                }
            }
        }

        @Test("an obstacle whose removal the database refuses does not block claims")
        func obstacles() async throws {
            try await withStore { collection, store in
                for refID in ["bad", "expired", "1"] { try await store.add(refID: refID) }
                try await collection.update(
                    ["ref_id": ["$ne": "1"]],
                    ["$set": ["execute_until": .value(BSONDate(milliseconds: 1))]])
                try await forbid(collection, unless: ["available_at": ["$exists": true]])

                #expect(try await store.claim()?.job.refID == "1")
                #expect(try await store.claim() == nil)
            }
        }

        @Test("a lease whose change the database refuses does not affect others")
        func leases() async throws {
            try await withStore { collection, store in
                for refID in ["bad", "1", "2"] { try await store.add(refID: refID) }
                let started = try await store.claim(
                    Claim(type: "mail", timeout: 60_000, maxRetries: 10, limit: 10))
                try #require(started.map(\.job.refID) == ["bad", "1", "2"])
                let leases = started.map { LeaseReference(id: $0.job.id, lockToken: $0.lockToken) }
                let end = try #require(started[0].job.lockedUntil)
                try await forbid(
                    collection, unless: ["completed": .null, "locked_until": .value(end.bson)])

                let extended = try await store.change(
                    leases.map { JobChange($0, .extend(timeout: 70_000)) })
                let aborted = try await store.change(leases[..<2].map { JobChange($0, .abort()) })
                let completed = try await store.change(leases.map { JobChange($0, .complete) })

                for results in [extended, aborted, completed] {
                    #expect(isRefused(results[0]))
                    for result in results[1...] { #expect(try result.get() != nil) }
                }
            }
        }

        @Test("a job of an older service that cannot be adopted does not block others")
        func adoption() async throws {
            try await withStore { collection, store in
                let samples = ["1", "bad", "2", "bad", "3"].map { refID in
                    var sample = NodeSample()
                    sample.refID = refID
                    return sample.document
                }
                try await collection.insert(samples)
                try await forbid(collection, unless: ["priority": ["$exists": false]])

                try await store.adopt()

                let left = try await collection.documents(["priority": .null])
                #expect(left.map { $0["ref_id"]?.string } == ["bad", "bad"])
                #expect(try await store.claimAll().count == 3)
            }
        }

        @Test("the key of a job that an operator has changed does not block a unique job")
        func strayKey() async throws {
            try await withStore { collection, store in
                let first = try await store.addUnique(new("1"))
                try await collection.update([:], ["$set": ["type": "email"]])

                let second = try await store.addUnique(new("1"))

                #expect(second.id != first.id && second.type == "mail")
                #expect(try await store.addUnique(new("1")).id == second.id)
                #expect(try await store.addUnique(new("1", type: "email")).id == first.id)
            }
        }
    }
}

extension Result {
    fileprivate var error: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}
