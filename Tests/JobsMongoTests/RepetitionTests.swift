import Jobs
import Testing

@testable import JobsMongo

extension MongoTests {
    /// Repeated changes of one job in one call cost a few commands.
    @Suite("Repetitions")
    struct RepetitionTests {
        @Test("a thousand changes of one lease are a few commands")
        func commands() async throws {
            try await TestCollection.with(database: "jobs_repetition_tests") { collection in
                let store = collection.store()
                try await store.prepare()
                try await store.add(refID: "1")
                try await store.add(refID: "2")
                let started = try #require(try await store.claim())
                _ = try await store.claim()
                let id = started.job.id
                let tokens: [LockToken?] = [nil, started.lockToken]
                // Possible tokens of the job: their last parts are the same.
                let others = (0..<998).map { _ in
                    LockToken(
                        "\(LockToken.random().description.prefix(24))\(started.lockToken.description.suffix(8))"
                    )
                }
                let leases = (others + tokens).map { LeaseReference(id: id, lockToken: $0) }

                let commands = try await collection.profiled {
                    _ = try await store.change(
                        leases.enumerated().map { index, lease in
                            JobChange(lease, .extend(timeout: 60_000 + Int64(index)))
                        })
                    _ = try await store.change(
                        (0..<1000).map { index in
                            JobChange(id, .extend(timeout: 60_000 + Int64(index)))
                        })
                    _ = try await store.change(leases.map { JobChange($0, .abort()) })
                    _ = try await store.change(leases.map { JobChange($0, .abort()) })
                    _ = try await store.change(leases.map { JobChange($0, .complete) })
                    _ = try await store.change(
                        (0..<1000).map { _ in JobChange(id, started.lockToken, .complete) }
                    )
                }

                #expect(commands.count <= 18)
                #expect(try await store.get(id)?.completed != nil)
            }
        }
    }
}
