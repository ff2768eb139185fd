import BSON
import Jobs
import JobsTestSupport
import Logging
import Testing

@testable import JobsMongo

extension MongoTests {
    /// The older service works on the same jobs, including those that this service added.
    @Suite("Together with an older service", .sharedCollection)
    struct CoexistenceTests {
        @Test("a job that the older service has started is handed out when its lease ends")
        func startedElsewhere() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            let id = try await store.add().id
            let older = NodeService(collection: collection)
            try #require(try await older.start(type: "mail", timeout: 400) == "\(id)")

            #expect(try await store.claim() == nil)
            let claimed = try await eventually { try await store.claim() }

            #expect(claimed.job.id == id)
            #expect(claimed.job.retries == 2)
        }

        @Test("a lease that the older service extends keeps the job")
        func extendedElsewhere() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            let id = try await store.add().id
            _ = try #require(try await store.claim(timeout: 200))
            try await NodeService(collection: collection).extend("\(id)", timeout: 60_000)
            try await Task.sleep(for: .milliseconds(300))

            #expect(try await store.claim() == nil)
        }

        @Test("a lease that the older service shortens ends at its former end at the latest")
        func shortenedElsewhere() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            let id = try await store.add().id
            _ = try #require(try await store.claim(timeout: 400))
            try await NodeService(collection: collection).extend("\(id)", timeout: -1)

            #expect(try await eventually { try await store.claim() }.job.id == id)
        }

        /// The origin of the lease that a job waits for.
        enum Lease: CaseIterable {
            case ofOurs, byID, extended, ofTheOlder, adopted

            func begin(_ store: MongoJobsPersistence, _ older: NodeService) async throws -> JobID {
                switch self {
                case .ofOurs:
                    try await store.add()
                    return try #require(try await store.claim()).job.id
                case .byID:
                    let id = try await store.add().id
                    return try #require(try await store.start(Start(id, timeout: 60_000))).job.id
                case .extended:
                    try await store.add()
                    let id = try #require(try await store.claim(timeout: 0)).job.id
                    return try #require(try await store.extend(id, timeout: 60_000)).id
                case .ofTheOlder:
                    let id = try await store.add().id
                    try await older.start("\(id)")
                    // It was first in the index, and now waits there for the end of the lease.
                    #expect(try await store.claim() == nil)
                    return id
                case .adopted:
                    let id = try await older.add()
                    try await older.start(id)
                    try await store.adopt()
                    return JobID(id)
                }
            }
        }

        @Test(
            "a job is claimable again when the older service aborts it", arguments: Lease.allCases)
        func abortedElsewhere(lease: Lease) async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            let older = NodeService(collection: collection)
            let id = try await lease.begin(store, older)
            let later = try await store.add(refID: "later").id
            try await older.abort("\(id)")

            try await store.adopt()

            // And in its former place, before the later job.
            #expect(try await store.claimAll() == [id, later])
        }

        @Test("the service adopts the abort in the background")
        func byItself() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            let older = NodeService(collection: collection)
            let id = try await Lease.ofOurs.begin(store, older)

            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await store.adoptContinuously(logger: .quiet) }
                try await older.abort("\(id)")
                #expect(try await eventually { try await store.claim() }.job.id == id)
                group.cancelAll()
            }
        }

        @Test("a job that the older service completes is completed", arguments: Lease.allCases)
        func completedElsewhere(lease: Lease) async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            let older = NodeService(collection: collection)
            let id = try await lease.begin(store, older)
            try await older.complete("\(id)")

            try await store.adopt()

            #expect(try await store.claim() == nil)
            #expect(try await store.start(Start(id, timeout: 1)) == nil)
            let document = try #require(try await collection.document("\(id)"))
            #expect(document["available_at"] == nil)
            try await store.clean(Cleaning(maxRetries: 10))
            #expect(try await store.get(id) == nil)
        }

        @Test("a delayed job that the older service starts and aborts is handed out when it is due")
        func delayed() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            let id = try await store.add(delay: 500).id
            let older = NodeService(collection: collection)
            try #require(try await older.start("\(id)") != nil)
            try await older.abort("\(id)")
            try await store.adopt()

            #expect(try await store.claim() == nil)
            #expect(try await eventually { try await store.claim() }.job.id == id)
        }

        @Test("a parked job that the older service starts is handed out when its lease ends")
        func parked() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            let id = try await store.add().id
            _ = try await store.claim(timeout: 0)
            #expect(try await store.claim(maxRetries: 1) == nil)
            try #require(
                try await NodeService(collection: collection).start("\(id)", timeout: 3000)
                    != nil)

            #expect(try await store.claim(maxRetries: 3) == nil)
            #expect(try await eventually { try await store.claim(maxRetries: 3) }.job.id == id)
        }

        @Test("a unique job that the older service completes does not block others")
        func uniqueCompleted() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            let older = NodeService(collection: collection)
            let ready = try await store.addUnique(NewJob(type: "mail", refID: "ready"))
            let running = try await store.addUnique(NewJob(type: "mail", refID: "running"))
            _ = try #require(try await store.start(Start(running.id, timeout: 60_000)))
            for job in [ready, running] { try await older.complete("\(job.id)") }

            for job in [ready, running] {
                let next = try await store.addUnique(NewJob(type: "mail", refID: job.refID))
                #expect(next.id != job.id)
                #expect(try await store.addUnique(NewJob(type: "mail", refID: job.refID)) == next)
            }
        }

        @Test("each service finds the unique jobs of the other")
        func unique() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            let older = NodeService(collection: collection)
            let ours = try await store.addUnique(NewJob(type: "mail", refID: "ours"))
            let theirs = try await older.addUnique(refID: "theirs")

            #expect(try await older.addUnique(refID: "ours") == "\(ours.id)")
            let found = try await store.addUnique(NewJob(type: "mail", refID: "theirs"))
            #expect("\(found.id)" == theirs)
        }

        @Test("a job that the older service deletes no longer exists")
        func deleted() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            let unique = NewJob(type: "mail", refID: "1")
            let id = try await store.addUnique(unique).id
            let token = try #require(try await store.claim()).lockToken
            try await NodeService(collection: collection).delete("\(id)")

            #expect(try await store.extend(id, timeout: 1, token) == nil)
            #expect(try await store.complete(id, token) == nil)
            #expect(try await store.addUnique(unique).id != id)
        }
    }
}
