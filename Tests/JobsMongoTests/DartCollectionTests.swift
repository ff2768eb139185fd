import Jobs
import Testing

@testable import JobsMongo

extension MongoTests {
    /// A collection of the older service in Dart can be read directly; its jobs are handed out only
    /// after `jobs migrate`, since the server cannot compare dates that are texts.
    @Suite("A collection of the older service in Dart", .sharedCollection)
    struct DartCollectionTests {
        private func withSamples(
            _ body: (MongoJobsPersistence, [JobID]) async throws -> Void
        ) async throws {
            let collection = try await TestCollection.shared()
            let samples = DartSamples().all
            try await collection.insert(samples.map(\.document))
            let store = collection.store()
            #expect(try await store.adopt() == 0)
            try await body(store, samples.map { JobID($0.id) })
        }

        @Test("shows its dates")
        func shown() async throws {
            try await withSamples { store, _ in
                let jobs = try await store.list { $0.refID = "started by id" }

                #expect(jobs.first?.created == Timestamp("2026-06-08T10:00:00.000Z"))
                #expect(jobs.first?.started == Timestamp("2026-06-08T10:01:00.123Z"))
                #expect(jobs.first?.lockedUntil != nil)
            }
        }

        @Test("hands nothing out")
        func notHandedOut() async throws {
            try await withSamples { store, ids in
                #expect(try await store.claim() == nil)
                for id in ids { #expect(try await store.start(Start(id, timeout: 1)) == nil) }
                // Also not after a call of a worker that got its job from the older service.
                for id in ids {
                    _ = try await store.extend(id, timeout: -1)
                    #expect(try await store.claim() == nil)
                    _ = try await store.abort(id)
                    #expect(try await store.claim() == nil)
                }
            }
        }

        @Test("keeps possibly unfinished jobs when it is cleaned")
        func cleaned() async throws {
            try await withSamples { store, _ in
                let before = try await store.list().map(\.refID)
                try await store.clean(Cleaning(maxRetries: 0))

                let gone = Set(before).subtracting(try await store.list().map(\.refID))
                #expect(
                    gone == [
                        "completed", "completed and never started", "exhausted", "given up",
                        "counted in doubles",
                    ])
            }
        }

        @Test("its unfinished jobs count as unique ones")
        func unique() async throws {
            try await withSamples { store, ids in
                for id in ids {
                    let job = try #require(try await store.get(id))
                    guard job.completed == nil else { continue }
                    let found = try await store.addUnique(
                        NewJob(type: job.type, refID: job.refID))
                    #expect(found.id == id, "\(job.refID)")
                }
            }
        }

        @Test("its jobs are completed and deleted")
        func completed() async throws {
            try await withSamples { store, ids in
                for id in ids {
                    let completed = try await store.complete(id)
                    #expect(completed?.completed != nil)
                    let deleted = try await store.delete(id)
                    #expect(deleted == completed)
                }
            }
        }
    }
}
