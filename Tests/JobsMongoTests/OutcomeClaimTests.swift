import BSON
import Jobs
import JobsTestSupport
import Testing

@testable import JobsMongo

extension MongoTests {
    @Suite("Claims among failed and cancelled jobs", .sharedCollection)
    struct OutcomeClaimTests {
        /// Lends a store, and the events that it reports.
        private func withStore(
            _ body: (MongoJobsPersistence, RecordingObserver, TestCollection) async throws -> Void
        ) async throws {
            let collection = try await TestCollection.shared()
            let events = RecordingObserver()
            try await body(collection.store(observer: events), events, collection)
        }

        /// Adds jobs whose cancellation took effect when their leases lapsed.
        private func addCancelled(_ count: Int, to store: MongoJobsPersistence) async throws
            -> [JobID]
        {
            var ids: [JobID] = []
            for index in 0..<count {
                let id = try await store.add(refID: "cancelled \(index)").id
                _ = try #require(try await store.start(Start(id, timeout: 60_000)))
                _ = try await store.change(id, .cancel)
                _ = try await store.extend(id, timeout: 0)
                ids.append(id)
            }
            return ids
        }

        @Test("record a cancellation that took effect, and go on", arguments: [1, 5, 200])
        func settled(limit: Int) async throws {
            try await withStore { store, events, collection in
                let cancelled = try await addCancelled(limit == 200 ? 150 : 3, to: store)
                let good = try await store.add(refID: "good").id

                let started = try await store.claim(
                    Claim(type: "mail", timeout: 60_000, maxRetries: 10, limit: limit))

                #expect(started.map(\.job.id) == [good])
                #expect(events.take() == cancelled.map { _ in "cancelled" })
                for id in cancelled {
                    let job = try #require(try await store.get(id))
                    #expect(job.cancelled != nil && job.lockedUntil == nil)
                    #expect(job.attempts.map(\.outcome) == [.cancelled])
                }
                #expect(try await store.claim() == nil)
                #expect(events.take() == [])
            }
        }

        @Test("start no job by id that has ended, and record nothing")
        func byID() async throws {
            try await withStore { store, events, _ in
                let id = try await addCancelled(1, to: store)[0]
                let failed = try await store.add(refID: "failed").id
                let lease = try #require(try await store.start(Start(failed, timeout: 60_000)))
                _ = try await store.fail(lease, Failure(retry: false))

                for id in [id, failed] {
                    #expect(try await store.start(Start(id, timeout: 1)) == nil)
                }
                #expect(events.take() == ["dead"])
                #expect(try await store.get(id)?.cancelled == nil)
            }
        }

        @Test("never hand out a job that has reached its own limit", arguments: [1, 4])
        func ownLimit(limit: Int) async throws {
            try await withStore { store, events, collection in
                let new = NewJob(type: "mail", refID: "own", maxRetries: 2)
                let own = try #require(try await store.add([new]).first).get().id
                let claim = Claim(type: "mail", timeout: 60_000, maxRetries: 1000, limit: limit)
                let low = Claim(type: "mail", timeout: 60_000, maxRetries: 1, limit: limit)

                // The limit of a claim does not matter, be it lower or higher.
                for retries in 1...2 {
                    #expect(try await store.claim(low).map(\.job.retries) == [retries])
                    _ = try await store.extend(own, timeout: 0)
                }
                #expect(try await store.claim(claim).isEmpty)
                #expect(events.take() == ["lapsed", "exhausted"])
                #expect(try await store.claim(claim).isEmpty)
                #expect(events.take() == [])

                let document = try #require(try await collection.document("\(own)"))
                for field in ["available_at", "parked_at", "leased"] {
                    #expect(document[field] == nil)
                }
                #expect(try await store.census(maxRetries: 1000).values.first?.exhausted == 1)
                #expect(try await store.start(Start(own, timeout: 0))?.job.retries == 3)
            }
        }

        @Test("record the attempt whose lease has lapsed, and who works now")
        func lapses() async throws {
            try await withStore { store, _, _ in
                try await store.add()
                let claim = { (worker: String?, limit: Int) in
                    let started = try #require(
                        try await store.claim(
                            Claim(
                                type: "mail", timeout: 60_000, maxRetries: 10, limit: limit,
                                worker: worker)
                        ).first)
                    let lapsed = try await store.extend(started.job.id, timeout: 0)
                    return try #require(lapsed)
                }
                let first = try await claim("$a", 1)
                let second = try await claim("b", 3)
                let third = try await claim(nil, 1)
                let fourth = try #require(
                    try await store.start(Start(first.id, timeout: 60_000, worker: "d")))

                #expect([first, second, third].map(\.worker) == ["$a", "b", nil])
                #expect(fourth.job.worker == "d")
                let attempts = fourth.job.attempts
                #expect(attempts.map(\.number) == [1, 2, 3])
                #expect(attempts.map(\.worker) == ["$a", "b", nil])
                #expect(attempts.map(\.outcome) == [.lapsed, .lapsed, .lapsed])
                #expect(attempts.map(\.started) == [first, second, third].map(\.started))
                #expect(attempts.map(\.ended) == [first, second, third].map(\.lockedUntil))
            }
        }

        @Test("find a job again that failed, in its place, from lists read ahead too")
        func failedAgain() async throws {
            try await withStore { store, _, _ in
                for index in 0..<60 { try await store.add(refID: "\(index)") }
                let lease = try #require(try await store.claim())
                for _ in 0..<50 { _ = try await store.claim() }

                _ = try await store.fail(lease, Failure(delay: 0))

                #expect(try await store.claim()?.job.id == lease.job.id)
            }
        }

        @Test("hand a replayed job out at once, and later with a delay")
        func replayed() async throws {
            try await withStore { store, _, _ in
                try await store.add()
                let lease = try #require(try await store.claim())
                _ = try await store.fail(lease, Failure(retry: false))
                #expect(try await store.claim() == nil)

                _ = try await store.change(lease.job.id, .replay(Replay()))
                let again = try #require(try await store.claim())
                #expect(again.job.retries == 2)
                _ = try await store.fail(again, Failure(retry: false))
                _ = try await store.change(lease.job.id, .replay(Replay(delay: 300)))
                #expect(try await store.claim() == nil)
                #expect(try await eventually { try await store.claim() }.job.retries == 3)
            }
        }
    }
}
