import Jobs
import Testing

@testable import JobsMongo

extension MongoTests {
    /// Due jobs that cannot be claimed are removed from the index by the first claim that finds
    /// them.
    @Suite("Poison", .sharedCollection)
    struct PoisonTests {
        /// The reason why a job in the claim index cannot be claimed.
        enum Poison: CaseIterable {
            case expired, exhausted, completedElsewhere, leasedElsewhere

            func change(_ sample: inout NodeSample) {
                let now = Timestamp.now()
                switch self {
                case .expired: sample.executeUntil = now.advanced(by: -1000)
                case .exhausted: sample.retries = 10
                case .completedElsewhere: sample.completed = now
                case .leasedElsewhere: sample.lockedUntil = now.advanced(by: 600_000)
                }
            }
        }

        /// Lends a store whose claim index has `count` unclaimable jobs in front of a claimable
        /// one.
        private func withPoison(
            _ kinds: [Poison], count: Int,
            _ body: (TestCollection, JobID) async throws -> Void
        ) async throws {
            let collection = try await TestCollection.shared()
            for start in stride(from: 0, to: count, by: 1000) {
                let samples = (start..<min(start + 1000, count)).map { index in
                    var sample = NodeSample()
                    kinds[index % kinds.count].change(&sample)
                    return sample
                }
                try await collection.insert(samples.map(\.document))
            }
            // The state before any claim has found them.
            try await collection.update(
                [:], [["$set": ["priority": 0, "available_at": "$created"]]])
            let id = try await collection.store().add().id
            try await body(collection, id)
        }

        private func due(_ collection: TestCollection) async throws -> Int {
            try await collection.documents(DueJobs.query("mail")).count
        }

        @Test("is removed from the index by the claim that finds it", arguments: Poison.allCases)
        func metOnce(kind: Poison) async throws {
            try await withPoison([kind], count: 2000) { collection, id in
                let store = collection.store()
                let claimed = try await store.claim()

                #expect(claimed?.job.id == id)
                #expect(try await due(collection) == 0)
                #expect(try await store.claim() == nil)
            }
        }

        @Test("is found by several instances at once, and nothing is lost")
        func metByMany() async throws {
            try await withPoison(Poison.allCases, count: 3000) { collection, id in
                let stores = (0..<3).map { _ in collection.store() }
                _ = try await stores[0].add((0..<40).map { NewJob(type: "mail", refID: "\($0)") })

                let claimed = try await withThrowingTaskGroup(of: [JobID].self) { group in
                    for worker in 0..<12 {
                        group.addTask { try await stores[worker % 3].claimAll() }
                    }
                    return try await group.reduce(into: []) { $0 += $1 }
                }

                #expect(claimed.count == 41)
                #expect(Set(claimed).count == 41)
                #expect(claimed.contains(id))
                #expect(try await due(collection) == 0)
            }
        }

        @Test("that exceeds the limit of one caller is claimable for others")
        func higherLimit() async throws {
            try await withPoison([.exhausted], count: 200) { collection, id in
                let store = collection.store()
                #expect(try await store.claimAll(maxRetries: 10) == [id])

                let claimed = try await store.claimAll(maxRetries: 11)

                #expect(claimed.count == 200)
                #expect(Set(claimed).count == 200)
            }
        }

        @Test("callers with different limits do not move the same jobs back and forth")
        func differentLimits() async throws {
            try await withPoison([.exhausted], count: 2000) { collection, _ async throws in
                let store = collection.store()
                #expect(try await store.claimAll(maxRetries: 10).count == 1)

                #expect(try await store.claim(maxRetries: 11)?.job.retries == 11)

                // The jobs that the next caller with the lower limit has to park again.
                #expect(try await due(collection) < 100)
                #expect(try await store.claim(maxRetries: 10) == nil)
                #expect(try await store.claim(maxRetries: 11)?.job.retries == 11)
            }
        }

        @Test("is cleaned although it is not in the claim index")
        func cleaned() async throws {
            try await withPoison([.expired, .completedElsewhere], count: 200) { collection, id in
                let store = collection.store()
                _ = try await store.claimAll()

                try await store.clean(Cleaning(maxRetries: 10))

                #expect(try await store.list().map(\.id) == [id])
            }
        }

        @Test("is cleaned even if there is too much of it to count")
        func cleanedUncounted() async throws {
            try await withPoison([.expired], count: 20_000) { collection, id in
                let store = collection.store()
                await #expect(throws: JobsError.self) {
                    try await store.countExpired(EndedJobs.allExpired, patience: 1)
                }

                try await store.clean(Cleaning(maxRetries: 10), countingPatience: 1)

                #expect(try await store.list().map(\.id) == [id])
            }
        }
    }
}
