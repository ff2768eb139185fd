import Jobs
import JobsEngine
import JobsTestSupport
import Testing

@testable import JobsMongo

extension MongoTests {
    /// The keys and documents that the server reads for the commands of the store, over some
    /// thousand jobs in all states.
    @Suite("Plans", .sharedCollection)
    struct PlanTests {
        @Test("a claim reads one key and one job, regardless of the other jobs")
        func claim() async throws {
            try await TestCollection.withManyJobs { store, collection in
                for _ in 0..<20 {
                    var claimed: StartedJob?
                    let commands = try await collection.profiled {
                        claimed = try await store.claim()
                    }
                    #expect(claimed != nil)
                    #expect(commands.count == 1)
                    let claim = try #require(commands.first)
                    #expect(claim.plan.contains("available_at"))
                    #expect(claim.keysExamined <= 2, "\(claim)")
                    #expect(claim.documentsExamined <= 2, "\(claim)")
                }
            }
        }

        @Test("a waiting claim takes the one job that it has heard of by its id")
        func announced() async throws {
            try await TestCollection.withManyJobs { store, collection in
                let waiting = WaitingJobsPersistence(store)
                let claim = Claim(type: "rare", timeout: 60_000, maxRetries: 10)
                // The first look after a claim has parked may still run, and take the job.
                var isByID = false
                for number in 0..<20 where !isByID {
                    let wait = Task {
                        try await waiting.claim(claim, ClaimWait(milliseconds: 60_000))
                    }
                    try await eventually { waiting.waitingCount == 1 }
                    let commands = try await collection.profiled {
                        _ = try await waiting.add([NewJob(type: "rare", refID: "\(number)")])
                        let started = try await wait.value
                        #expect(started.map(\.job.refID) == ["\(number)"])
                    }
                    let claims = commands.filter { $0.isFindAndModify && $0.documentsExamined > 0 }
                    #expect(claims.count == 1)
                    isByID = !(try #require(claims.first)).plan.contains("available_at")
                }
                #expect(isByID)
            }
        }

        @Test("a batch claim searches by the index only, and reads each job twice")
        func manyClaims() async throws {
            try await TestCollection.withManyJobs { store, collection in
                for _ in 0..<5 {
                    var claimed: [StartedJob] = []
                    let commands = try await collection.profiled {
                        claimed = try await store.claim(
                            Claim(type: "mail", timeout: 60_000, maxRetries: 10, limit: 20))
                    }
                    #expect(claimed.count == 20)
                    let read = commands.map(\.documentsExamined).reduce(0, +)
                    #expect(read <= 2 * 20, "\(commands)")
                }
            }
        }

        @Test("a claim that finds nothing reads only a few keys")
        func noClaim() async throws {
            try await TestCollection.withManyJobs { store, collection in
                for type in ["none", "kind", "zzz"] {
                    var claimed: StartedJob?
                    let commands = try await collection.profiled {
                        claimed = try await store.claim(type: type)
                    }
                    #expect(claimed == nil)
                    #expect(commands.count == 2)
                    for command in commands {
                        #expect(command.plan.hasPrefix("IXSCAN"))
                        #expect(command.keysExamined <= 2, "\(command)")
                        #expect(command.documentsExamined == 0, "\(command)")
                    }
                }
            }
        }

        @Test("adding jobs to the claim index reads at most a batch")
        func bringIn() async throws {
            try await TestCollection.withManyJobs { store, collection in
                let waiting = (0..<2000).map { index in
                    var sample = NodeSample()
                    sample.type = index % 2 == 0 ? "old" : "stuck"
                    sample.retries = index % 2 == 0 ? 0 : 10
                    return sample
                }
                try await collection.insert(waiting.filter { $0.type == "stuck" }.map(\.document))
                try await store.adopt()
                #expect(try await store.claim(type: "stuck") == nil)
                try await collection.insert(waiting.filter { $0.type == "old" }.map(\.document))

                let commands = try await collection.profiled {
                    _ = try await store.claim(type: "old")
                    _ = try await store.claim(type: "stuck", maxRetries: 12)
                }
                #expect(!commands.isEmpty)
                for command in commands {
                    #expect(command.plan.hasPrefix("IXSCAN"))
                    #expect(command.keysExamined <= 1100, "\(command)")
                    #expect(command.documentsExamined <= 500, "\(command)")
                }
            }
        }

        @Test("changes by id read one job")
        func changes() async throws {
            try await TestCollection.withManyJobs { store, collection in
                let id = try await store.add().id
                let commands = try await collection.profiled {
                    let token = try await store.start(Start(id, timeout: 1000))?.lockToken
                    _ = try await store.extend(id, timeout: 1000, token)
                    _ = try await store.abort(id, token)
                    _ = try await store.complete(id, token)
                    _ = try await store.get(id)
                    _ = try await store.delete(id)
                }
                #expect(commands.count == 6)
                for command in commands {
                    #expect(["IDHACK", "IXSCAN { _id: 1 }"].contains(command.plan))
                    #expect(command.documentsExamined == 1, "\(command)")
                }
            }
        }

        @Test("adding a unique job reads the jobs of its type and reference")
        func unique() async throws {
            try await TestCollection.withManyJobs { store, collection in
                let job = NewJob(type: "mail", refID: "new 8")
                let commands = try await collection.profiled {
                    for _ in 0..<3 { _ = try await store.addUnique(job) }
                    _ = try await store.addUnique(NewJob(type: "mail", refID: "not there yet"))
                }
                #expect(commands.count >= 5)
                for command in commands {
                    #expect(command.plan.hasPrefix("IXSCAN"))
                    #expect(command.keysExamined <= 4, "\(command)")
                    #expect(command.documentsExamined <= 4, "\(command)")
                }
            }
        }

        @Test("cleaning reads only the jobs it removes, and counts expired ones first")
        func clean() async throws {
            try await TestCollection.withManyJobs { store, collection in
                for index in 0..<100 { _ = try await store.claim(timeout: Int64(index % 2)) }
                try await collection.update(
                    ["execute_until": JobIndexes.isDate, "type": "report"],
                    ["$set": ["execute_until": .date(Timestamp.now())]])
                let first = try await collection.profiled {
                    try await store.clean(Cleaning(maxRetries: 10))
                }
                let again = try await collection.profiled {
                    try await store.clean(Cleaning(maxRetries: 10))
                }

                // Six queries and a count; for each non-empty result also a removal by id.
                #expect(first.count == 10)
                #expect(again.count == 7)
                for command in first + again { #expect(command.plan.hasPrefix("IXSCAN")) }
                let removals = first.filter(\.isRemoval)
                #expect(removals.count == 3)
                for removal in removals {
                    #expect(removal.documentsExamined == removal.results, "\(removal)")
                    #expect(removal.results > 100, "\(removal)")
                }
                for look in first where !look.isRemoval && look.documentsExamined > 0 {
                    #expect(removals.contains { $0.results == look.documentsExamined }, "\(look)")
                }
                for look in again { #expect(look.documentsExamined == 0, "\(look)") }
            }
        }

        @Test("a census counts by keys, and reads only expired, parked and waiting jobs")
        func census() async throws {
            try await TestCollection.withManyJobs { store, collection in
                var census: [ExactText: JobCounts] = [:]
                let commands = try await collection.profiled {
                    census = try await store.census(maxRetries: 10)
                }
                let counts = census.values.map { $0 }
                let waiting = counts.reduce(0) { $0 + $1.delayed + $1.running + $1.exhausted }
                #expect(counts.count > 40)
                #expect(waiting > 500)
                for command in commands {
                    #expect(
                        ["IXSCAN", "COUNT_SCAN", "DISTINCT_SCAN"].contains {
                            command.plan.hasPrefix($0)
                        }, "\(command)")
                    #expect(command.keysExamined <= 2000, "\(command)")
                }
                // The 500 jobs that are not adopted yet are read as well.
                let read = commands.reduce(0) { $0 + $1.documentsExamined }
                let expired = counts.reduce(0) { $0 + $1.expired }
                #expect(read <= waiting + expired + 500, "\(commands)")
            }
        }

        @Test("the search of the background adoption reads nothing if there is nothing to adopt")
        func adoption() async throws {
            try await TestCollection.withManyJobs { store, collection in
                let adoption = try await collection.profiled { try await store.adopt() }
                let again = try await collection.profiled { try await store.adopt() }

                #expect(adoption.count == 4)
                for command in adoption {
                    #expect(command.plan.hasPrefix("IXSCAN"))
                    #expect(command.keysExamined <= 1100, "\(command)")
                }
                #expect(again.count == 2)
                for command in again {
                    #expect(command.plan.hasPrefix("IXSCAN"))
                    #expect(command.keysExamined == 0, "\(command)")
                }
            }
        }
    }
}
