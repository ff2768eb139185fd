import BSON
import Jobs
import Testing

@testable import JobsMongo

extension MongoTests {
    @Suite("Request ids in documents and plans", .sharedCollection)
    struct RequestTests {
        private func claim(_ request: String?, limit: Int = 1) -> Claim {
            Claim(
                type: "mail", timeout: 60_000, maxRetries: 10, limit: limit, requestID: request)
        }

        @Test("are fields of their own, which the next start removes")
        func fields() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            let new = NewJob(type: "mail", refID: "1", requestID: "a")
            let id = try #require(try await store.add([new]).first).get().id
            #expect(try await collection.document("\(id)")?["request"]?.string == "a")

            let started = try #require(try await store.claim(claim("c")).first)
            let request = try await collection.document("\(id)")?["claim_request"]?.document
            #expect(request?["id"]?.string == "c" && request?["slot"]?.integer == 0)
            #expect(started.job.requestID == "a" && started.job.claimRequest?.slot == 0)

            _ = try await store.abort(id, started.lockToken)
            #expect(try await collection.document("\(id)")?["claim_request"] != nil)
            let next = try #require(try await store.claim(claim(nil)).first)
            #expect(try await collection.document("\(id)")?["claim_request"] == nil)

            _ = try await store.complete(id, next.lockToken)
            #expect(try await collection.document("\(id)")?["request"]?.string == "a")
        }

        @Test("an odd value of another program hides no job and stops no claim")
        func odd() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            let id = try await store.add().id
            try await collection.update(
                ["_id": .string("\(id)")],
                ["$set": ["request": 7, "claim_request": ["id": 5, "slot": "x"]]])

            #expect(try await store.get(id)?.requestID == nil)
            #expect(try await store.served([ExactText("5")], type: "mail").isEmpty)
            #expect(try await store.claim(claim("r")).count == 1)
        }

        @Test("a start of an older service takes a job over from its request")
        func older() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            let id = try await store.add().id
            _ = try #require(try await store.claim(claim("r")).first)
            // It counts the start, and leaves the other fields.
            try await collection.update(["_id": .string("\(id)")], ["$set": ["retries": 2]])
            try await store.add()

            #expect(try await store.claim(claim("r")).isEmpty)
            #expect(try await store.claim(claim("s")).count == 1)
        }

        @Test("calls with them read by index, and a usual claim takes no other command")
        func plans() async throws {
            try await TestCollection.with(database: "jobs_tests_requests") { collection in
                let store = collection.store()
                try await store.prepare()
                for start in stride(from: 0, to: 20_000, by: 1000) {
                    _ = try await store.add(
                        (start..<(start + 1000)).map {
                            NewJob(type: "mail", refID: "\($0)", requestID: "a \($0)")
                        })
                }
                _ = try await store.now()

                let single = try await collection.profiled {
                    let started = try await store.claim(claim("r"))
                    #expect(started.count == 1)
                }
                #expect(single.count == 1)
                let batch = try await collection.profiled {
                    let started = try await store.claim(claim("b", limit: 5))
                    #expect(started.count == 5)
                }
                #expect(batch.count == 4, "\(batch)")
                let calls: [@Sendable () async throws -> Void] = [
                    {
                        let started = try await store.claim(claim("r"))
                        #expect(started.count == 1)
                    },
                    {
                        let started = try await store.claim(claim("b", limit: 5))
                        #expect(started.count == 5)
                    },
                    {
                        let served = try await store.served([ExactText("x")], type: "mail")
                        #expect(served.isEmpty)
                    },
                    {
                        let new = NewJob(type: "mail", refID: "7", requestID: "a 7")
                        _ = try await store.add([new])[0].get()
                        _ = try await store.addUnique(new)
                    },
                ]
                for call in calls {
                    let commands = try await collection.profiled { try await call() }
                    for command in commands {
                        #expect(!command.plan.contains("COLLSCAN"), "\(command)")
                        #expect(command.keysExamined <= 20, "\(command)")
                    }
                }
            }
        }
    }
}
