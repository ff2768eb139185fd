import Jobs
import Testing

@testable import JobsMongo

extension MongoTests {
    /// Several instances that claim one type so often that they read ahead.
    @Suite("Sharing a type", .sharedCollection)
    struct SharingTests {
        private func fill(_ store: MongoJobsPersistence, _ count: Int) async throws {
            let jobs = (0..<count).map { NewJob(type: "mail", refID: "\($0)", ttl: 0) }
            for start in stride(from: 0, to: count, by: 500) {
                for result in try await store.add(Array(jobs[start..<min(start + 500, count)])) {
                    _ = try result.get()
                }
            }
        }

        private func drain(_ store: MongoJobsPersistence, until count: Int = .max, _ limit: Int)
            async throws -> [JobID]
        {
            var ids: [JobID] = []
            while ids.count < count {
                let started = try await store.claim(
                    Claim(type: "mail", timeout: 600_000, maxRetries: 10, limit: limit))
                if started.isEmpty { break }
                ids += started.map(\.job.id)
            }
            return ids
        }

        @Test("each job is claimed once, and the instances come to know each other")
        func together() async throws {
            let collection = try await TestCollection.shared()
            let stores = (0..<3).map { _ in collection.store() }
            try await fill(stores[0], 3000)

            let claimed = try await withThrowingTaskGroup(of: [JobID].self) { group in
                for (number, store) in stores.enumerated() {
                    // One of them claims jobs one by one.
                    group.addTask { try await drain(store, number == 0 ? 1 : 7) }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }

            #expect(claimed.count == 3000)
            #expect(Set(claimed).count == 3000)
            #expect(stores.contains { $0.peers.shares().count > 1 })
        }

        @Test("jobs in the share of an instance that has ended are claimed by the others")
        func ended() async throws {
            let collection = try await TestCollection.shared()
            let (one, other) = (collection.store(), collection.store())
            try await fill(one, 400)
            for _ in 0..<2 {
                one.peers.meet([ClaimTokens(tag: other.peers.tag).token(of: JobID("0123456789"))])
            }
            #expect(one.peers.shares().count == 2)
            _ = try await drain(one, until: 40, 1)

            let rest = try await drain(one, 1)

            #expect(rest.count == 360)
        }

        @Test("a job that is given back is claimed before those of the list")
        func returned() async throws {
            let store = try await TestCollection.shared().store()
            try await fill(store, 200)
            let first = try #require(try await store.claim())
            _ = try await drain(store, until: 60, 1)
            #expect(store.readAhead.size("mail", wanted: 1) > 0)

            _ = try await store.abort(first.job.id, first.lockToken)

            #expect(try await store.claim()?.job.id == first.job.id)
        }

        @Test("a job of higher priority is claimed before those of the list")
        func urgent() async throws {
            let store = try await TestCollection.shared().store()
            try await fill(store, 200)
            _ = try await drain(store, until: 60, 1)
            var new = NewJob(type: "mail", refID: "urgent", ttl: 0)
            new.priority = 5
            let urgent = try #require(try await store.add([new]).first).get()

            #expect(try await store.claim()?.job.id == urgent.id)
        }
    }
}
