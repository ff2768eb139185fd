import BSON
import JSON
import Jobs
import Testing

@testable import JobsMongo

extension MongoTests {
    @Suite("Documents of jobs with outcomes", .sharedCollection)
    struct OutcomeDocumentTests {
        @Test("of plain jobs are byte for byte as before the outcomes")
        func plain() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            let job = try await store.add(refID: "r", ttl: 1000, params: JSONText(#"{"a":1}"#))

            let added: BSONLiteral = [
                "_id": .string("\(job.id)"), "type": "mail", "ref_id": "r", "params": ["a": 1],
                "created": .date(job.created), "started": .null, "locked_until": .null,
                "execute_until": .date(job.executeUntil), "completed": .null, "retries": 0,
                "priority": 0, "available_at": .date(job.created),
            ]
            #expect(try await collection.document("\(job.id)") == BSONDocument(added))

            let lease = try #require(try await store.claim())
            let end = lease.job.lockedUntil
            let started: BSONLiteral = [
                "_id": .string("\(job.id)"), "type": "mail", "ref_id": "r", "params": ["a": 1],
                "created": .date(job.created), "started": .date(lease.job.started),
                "locked_until": .date(end), "execute_until": .date(job.executeUntil),
                "completed": .null, "retries": 1, "priority": 0, "available_at": .date(end),
                "lock_token": .string("\(lease.lockToken)"), "lock_retries": 1, "leased": true,
            ]
            #expect(try await collection.document("\(job.id)") == BSONDocument(started))

            let done = try #require(try await store.complete(job.id, lease.lockToken))
            let completed: BSONLiteral = [
                "_id": .string("\(job.id)"), "type": "mail", "ref_id": "r", "params": ["a": 1],
                "created": .date(job.created), "started": .null, "locked_until": .null,
                "execute_until": .date(job.executeUntil), "completed": .date(done.completed),
                "retries": 1, "priority": 0,
                "lock_token": .string("\(lease.lockToken)"), "lock_retries": 1,
                "last_started": .date(lease.job.started),
            ]
            #expect(try await collection.document("\(job.id)") == BSONDocument(completed))
        }

        @Test("have the new fields under the names of the wire")
        func fields() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            var new = NewJob(
                type: "mail", refID: "1", maxRetries: 3,
                retry: RetryPolicy(backoff: .linear, delay: 5, maxDelay: 6, jitter: 0.5),
                group: "g")
            new.requestTraceparent = "00-1-2-01"
            let id = try #require(try await store.add([new]).first).get().id
            let lease = try #require(
                try await store.claim(
                    Claim(type: "mail", timeout: 60_000, maxRetries: 9, worker: "w")
                ).first)
            let progress = try JSONText(#"{"at":1}"#)
            _ = try await store.change(
                id, .extend(timeout: 60_000, progress: progress), lease.lockToken)
            let error = AttemptError(
                type: "$Type", message: "m", details: try JSONText(#"{"$a":[1,{"b":2}]}"#))
            let job = try #require(
                try await store.fail(lease, Failure(error: error, retry: false)))

            let document = try #require(try await collection.document("\(id)"))
            let stored: BSONLiteral = [
                "type": "$Type", "message": "m", "details": ["$a": [1, ["b": 2]]],
            ]
            let attempt: BSONLiteral = [
                "attempt": 1, "started": .date(lease.job.started), "ended": .date(job.failed),
                "outcome": "failed", "worker": "w", "error": stored, "reason": "no_retry",
            ]
            #expect(document["max_retries"]?.integer == 3)
            #expect(
                document["retry"]?.document
                    == BSONDocument([
                        "backoff": "linear", "delay": .int(5), "max_delay": .int(6),
                        "jitter": .value(0.5),
                    ]))
            #expect(document["group"]?.string == "g")
            #expect(document["traceparent"]?.string == "00-1-2-01")
            #expect(document["hides_traceparent"]?.bool == true)
            #expect(document["worker"]?.string == "w")
            #expect(document["progress"]?.document == BSONDocument(["at": 1]))
            #expect(document["error"]?.document == BSONDocument(stored))
            #expect(document["attempts"]?.array?.first?.document == BSONDocument(attempt))
            let outcome: BSONLiteral = [
                "failed", ["failed": "mail"], ["failed": .date(job.failed)],
            ]
            #expect(
                document["outcome"]?.bytes == BSONDocument(["outcome": outcome])["outcome"]?.bytes)
            #expect(job.error == error && job.progress == progress && job.hidesTraceparent)
        }

        @Test(
            "keep every JSON value of progress, result and details",
            arguments: [
                "null", #"{"a":1,"a":2}"#, "1e400", #""$x""#, "[]", "9223372036854775808",
                #"{"$literal":{"$a.b":"$$NOW"}}"#,
                String(repeating: "[", count: 90) + String(repeating: "]", count: 90),
                String(repeating: "[", count: 900) + String(repeating: "]", count: 900),
            ])
        func json(text: String) async throws {
            let store = try await TestCollection.shared().store()
            let json = try JSONText(text)
            let id = try await store.add().id
            let lease = try #require(try await store.claim())
            let extended = try await store.change(
                id, .extend(timeout: 1000, progress: json), lease.lockToken)
            let failed = try await store.fail(
                lease, Failure(error: AttemptError(details: json), delay: 0))
            let completed = try await store.change(id, .complete(result: json))

            #expect(extended?.progress == json)
            #expect(failed?.error?.details == json)
            #expect(failed?.attempts.first?.error?.details == json)
            #expect(completed?.result == json && completed?.progress == json)
            #expect(try await store.get(id) == completed)
        }

        @Test("have the last ten attempts")
        func attempts() async throws {
            let store = try await TestCollection.shared().store()
            try await store.add()
            var job: Job?
            for _ in 0..<12 {
                let lease = try #require(try await store.claim(maxRetries: 100))
                job = try await store.fail(lease, Failure(delay: 0))
            }

            #expect(job?.attempts.map(\.number) == Array(3...12))
        }
    }
}
