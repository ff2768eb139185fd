import BSON
import Jobs
import JobsTestSupport
import SeededRandom
import Testing

@testable import JobsMongo

extension MongoTests {
    /// The older service knows none of the outcomes. Whatever it does to a job, this service never
    /// hands the job out while it is failed or cancelled.
    @Suite("Outcomes beside an older service", .sharedCollection)
    struct OutcomeCoexistenceTests {
        enum End: CaseIterable {
            case failed, cancelled, unrecorded

            func reach(_ store: MongoJobsPersistence, _ id: JobID) async throws {
                let lease = try #require(try await store.start(Start(id, timeout: 60_000)))
                switch self {
                case .failed: _ = try await store.fail(lease, Failure(retry: false))
                case .cancelled:
                    _ = try await store.abort(id, lease.lockToken)
                    _ = try await store.change(id, .cancel)
                case .unrecorded:
                    _ = try await store.change(id, .cancel)
                    _ = try await store.extend(id, timeout: 0, lease.lockToken)
                }
            }
        }

        @Test(
            "a job that has ended is not handed out, whatever the older service did",
            arguments: End.allCases, [true, false])
        func untouched(end: End, isOurs: Bool) async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            let older = NodeService(collection: collection)
            let acts: [(String) async throws -> Void] = [
                { try await older.start($0, timeout: -1) },
                { try await older.start($0, timeout: 60_000) },
                {
                    try await older.start($0)
                    try await older.abort($0)
                },
                { try await older.extend($0, timeout: -1) },
                { try await older.extend($0, timeout: 60_000) },
                { try await older.abort($0) },
                { try await older.complete($0) },
            ]
            for act in acts {
                let id =
                    isOurs ? try await store.add().id : JobID(try await older.add())
                try await end.reach(store, id)
                try await act("\(id)")
                try await store.adopt()

                for limit in [1, 10] {
                    let claim = Claim(type: "mail", timeout: 1, maxRetries: 1000, limit: limit)
                    #expect(try await store.claim(claim).isEmpty)
                }
                #expect(try await store.start(Start(id, timeout: 1)) == nil)
                try await store.adopt()
                #expect(try await store.claim() == nil)
                let document = try #require(try await collection.document("\(id)"))
                // Only the lease of the older service keeps a job on the claim index.
                if let available = document["available_at"] {
                    #expect(available.bytes == document["locked_until"]?.bytes)
                    #expect(end == .unrecorded)
                }
                _ = try await store.delete(id)
            }
        }

        @Test("a running job is cancelled when the older service aborts it")
        func aborted() async throws {
            let collection = try await TestCollection.shared()
            let events = RecordingObserver()
            let store = collection.store(observer: events)
            let id = try await store.add().id
            _ = try #require(try await store.claim())
            _ = try await store.change(id, .cancel)
            try await NodeService(collection: collection).abort("\(id)")
            try await store.adopt()

            #expect(try await store.claim() == nil)
            #expect(try await store.list { $0.state = .cancelled }.map(\.id) == [id])
            try await store.clean(Cleaning(maxRetries: 10))
            let job = try #require(try await store.get(id))
            #expect(job.cancelled == job.cancelRequested)
            #expect(events.take() == ["cancelled"])
        }

        @Test("a job that the older service runs is cancelled when its lease ends")
        func lapsed() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            let id = try await store.add().id
            try await NodeService(collection: collection).start("\(id)", timeout: 300)
            #expect(try await store.change(id, .cancel)?.cancelRequested != nil)

            #expect(try await store.list { $0.state = .running }.map(\.id) == [id])
            #expect(try await store.claim() == nil)
            _ = try await eventually { () -> Bool? in
                #expect(try await store.claim() == nil)
                return try await store.get(id)?.cancelled == nil ? nil : true
            }
        }

        @Test("a replayed job is handed out, also if the older service had started it")
        func replayed() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            let older = NodeService(collection: collection)
            let id = try await store.add().id
            try await End.failed.reach(store, id)
            try await older.start("\(id)", timeout: 60_000)

            let job = try await store.change(id, .replay(Replay()))
            #expect(job?.attempts.map(\.outcome) == [.failed, .lapsed])
            #expect(try await store.claim()?.job.id == id)
        }

        @Test("an adopted job keeps the delay after its failure")
        func adopted() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            let older = NodeService(collection: collection)
            let id = JobID(try await older.add())
            try await older.start("\(id)")
            _ = try await store.change(id, .fail(Failure(delay: 600_000)))
            try await store.adopt()

            #expect(try await store.claim() == nil)
            #expect(try await store.get(id)?.delayedUntil != nil)
        }
    }
}
