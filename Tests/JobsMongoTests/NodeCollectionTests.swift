import BSON
import JSON
import Jobs
import Testing

@testable import JobsMongo

extension MongoTests {
    /// A collection of the older service in Node is used without a migration.
    @Suite("A collection of the older service in Node", .sharedCollection)
    struct NodeCollectionTests {
        /// Lends a store over the samples, adopted or not.
        private func withSamples(
            isAdopted: Bool = false,
            _ body: (MongoJobsPersistence, NodeSamples, TestCollection) async throws -> Void
        ) async throws {
            let collection = try await TestCollection.shared()
            let samples = NodeSamples()
            try await collection.insert(samples.documents)
            let store = collection.store()
            if isAdopted { try await store.adopt() }
            try await body(store, samples, collection)
        }

        @Test("has all jobs unchanged", arguments: [false, true])
        func listed(isAdopted: Bool) async throws {
            try await withSamples(isAdopted: isAdopted) { store, samples, _ in
                let jobs = try await store.list()

                #expect(jobs == samples.all.map(\.job).sorted { $0.id < $1.id })
                for sample in samples.all {
                    #expect(try await store.get(JobID(sample.id)) == sample.job)
                }
            }
        }

        @Test("is searchable by filters")
        func filtered() async throws {
            try await withSamples { store, samples, _ in
                let late = samples["late"]

                func expect(_ refIDs: Set<String>, _ change: (inout JobFilter) -> Void) async throws
                {
                    #expect(Set(try await store.list(change).map(\.refID)) == refIDs)
                }
                try await expect(["late"]) { $0.refID = "late" }
                try await expect(["late"]) { $0.created.equal = late.created }
                try await expect(["double", "lapsed", "leased", "late", "completed"]) {
                    $0.retries = 1
                }
                try await expect(["exhausted", "given up"]) { $0.minRetries = 9 }
                try await expect(["completed"]) { $0.completed.to = .now() }
                try await expect(["leased", "late"]) { $0.lockedUntil.from = samples.now }
                try await expect(["late", "expired"]) { $0.executeUntil.to = samples.now }
            }
        }

        @Test("has its ready jobs handed out at once, and no others")
        func claimed() async throws {
            try await withSamples { store, samples, _ in
                let first = try #require(try await store.claim())
                let others = try await store.claimAll()

                #expect(first.job.refID == NodeSamples.claimable[0])
                #expect(
                    others == NodeSamples.claimable.dropFirst().map { JobID(samples[$0].id) })
                #expect(try await store.get(JobID(samples["double"].id))?.retries == 2)
            }
        }

        @Test("has its jobs in order among new jobs once it is adopted")
        func order() async throws {
            try await withSamples { store, samples, _ in
                let new = try await store.add().id
                try await store.adopt()

                let expected = NodeSamples.claimable.map { JobID(samples[$0].id) } + [new]
                #expect(try await store.claimAll() == expected)
            }
        }

        @Test("is adopted in batches, so that no claim waits for all of them")
        func manyJobs() async throws {
            let collection = try await TestCollection.shared()
            let start = Timestamp.now().advanced(by: -100_000)
            let samples = (0..<1200).map { index in
                var sample = NodeSample()
                sample.created = start.advanced(by: Int64(index))
                return sample
            }
            try await collection.insert(samples.map(\.document))
            let store = collection.store()

            #expect(try await store.claim()?.job.id == JobID(samples[0].id))
            #expect(try await collection.documents(["priority": .null]).count >= 600)
            #expect(try await store.adopt() >= 600)
            #expect(try await collection.documents(["priority": .null]).isEmpty)
            #expect(try await store.adopt() == 0)
        }

        @Test("its jobs can be started by id unless they are locked, completed or expired")
        func startedByID() async throws {
            try await withSamples { store, samples, _ in
                for sample in samples.all {
                    let started = try await store.start(Start(JobID(sample.id), timeout: 60_000))

                    let isRefused = ["leased", "late", "completed", "expired"]
                        .contains(sample.refID)
                    #expect((started == nil) == isRefused, "\(sample.refID)")
                    #expect(
                        (started?.job.retries ?? sample.job.retries + 1) == sample.job.retries + 1)
                }
            }
        }

        @Test("its leases are extended, aborted and completed", arguments: [false, true])
        func changed(isAdopted: Bool) async throws {
            try await withSamples(isAdopted: isAdopted) { store, samples, _ in
                let leased = samples["leased"]
                let id = JobID(leased.id)

                let extended = try #require(try await store.extend(id, timeout: 5))
                #expect(extended.lockedUntil != leased.lockedUntil)
                #expect(extended.started == leased.started)
                #expect(try await store.abort(id)?.lockedUntil == nil)
                #expect(try await store.claimAll().contains(id))
                #expect(try await store.complete(id)?.completed != nil)
                #expect(try await store.complete(JobID(samples["ready"].id))?.completed != nil)
                #expect(
                    try await store.extend(JobID(samples["ready"].id), timeout: 5)?.lockedUntil
                        == nil)
                await #expect(throws: JobsError.lockLost(JobID(samples["lapsed"].id))) {
                    try await store.complete(JobID(samples["lapsed"].id), .random())
                }
            }
        }

        @Test("with a job under an object id, inserted by hand, has it handled")
        func objectID() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            try await collection.insert([["type": "mail", "ref_id": "1", "created": .date(.now())]])

            let claimed = try #require(try await store.claim())

            let id = claimed.job.id
            #expect(id.description.utf8.count == 12 * 2)
            #expect(try await store.list { $0.id = id } == [claimed.job])
            #expect(try await store.extend(id, timeout: 1, claimed.lockToken) != nil)
            #expect(try await store.complete(id, claimed.lockToken)?.completed != nil)
            #expect(try await store.delete(id)?.id == id)
            #expect(try await store.get(id) == nil)
        }

        @Test("with jobs under object ids among others, has them handled in batches")
        func manyObjectIDs() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            for ref in 1...3 {
                try await collection.insert([
                    ["type": "mail", "ref_id": .string("\(ref)"), "created": .date(.now())]
                ])
            }
            try await store.adopt()
            try await store.add(refID: "4")

            let claimed = try await store.claim(
                Claim(type: "mail", timeout: 60_000, maxRetries: 10, limit: 10))
            let completed = try await store.change(
                claimed.map { JobChange($0.job.id, $0.lockToken, .complete) })

            #expect(Set(claimed.map(\.job.refID)) == ["1", "2", "3", "4"])
            #expect(Set(claimed.map(\.lockToken)).count == 4)
            #expect(try completed.allSatisfy { try $0.get()?.completed != nil })
        }

        @Test("its jobs are deleted, and returned unchanged")
        func deleted() async throws {
            try await withSamples { store, samples, _ in
                for sample in samples.all {
                    let deleted = try await store.delete(JobID(sample.id))
                    #expect(deleted == sample.job)
                }
                let left = try await store.list()
                #expect(left.isEmpty)
            }
        }

        @Test("is cleaned by the rules of this service", arguments: [false, true])
        func cleaned(isAdopted: Bool) async throws {
            try await withSamples(isAdopted: isAdopted) { store, samples, _ in
                try await store.clean(Cleaning(maxRetries: 10))

                let gone = Set(samples.all.map(\.refID)).subtracting(
                    try await store.list().map(\.refID))
                #expect(gone == ["completed", "expired", "given up"])
            }
        }

        @Test("its unfinished jobs count as unique ones", arguments: [false, true])
        func unique(isAdopted: Bool) async throws {
            try await withSamples(isAdopted: isAdopted) { store, samples, _ in
                for sample in samples.all {
                    let job = try await store.addUnique(
                        NewJob(type: "mail", refID: sample.refID))

                    let isOver = ["completed", "expired"].contains(sample.refID)
                    #expect((job == sample.job) == !isOver, "\(sample.refID)")
                }
            }
        }
    }
}

extension NodeSample {
    /// The job of the document.
    var job: Job {
        let document = BSONDocument(["retries": retries])
        return Job(
            id: JobID(id), type: type, refID: refID, created: created, started: started,
            lockedUntil: lockedUntil, executeUntil: executeUntil, completed: completed,
            retries: Int(document["retries"]?.integer ?? 0))
    }
}
