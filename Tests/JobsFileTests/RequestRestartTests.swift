import Jobs
import JobsMemory
import JobsTestSupport
import Testing

@testable import JobsFile

@Suite("Requests after a restart")
struct RequestRestartTests {
    private static let add = NewJob(type: "mail", refID: "1", requestID: "a")

    private func claim(_ request: String, limit: Int = 1) -> Claim {
        Claim(type: "mail", timeout: 60_000, maxRetries: 10, limit: limit, requestID: request)
    }

    /// Serves requests, and returns what a repetition has to get.
    private func fill(_ store: FileJobsPersistence) async throws -> (Job, [StartedJob]) {
        let job = try await store.add(Self.add)
        for _ in 0..<3 { try await store.add() }
        let done = try #require(try await store.claim(claim("done")).first)
        _ = try await store.change([JobChange(done.job.id, done.lockToken, .complete)])
        return (job, try await store.claim(claim("c", limit: 2)))
    }

    private func check(_ store: FileJobsPersistence, _ job: Job, _ started: [StartedJob])
        async throws
    {
        #expect(try await store.add(Self.add).id == job.id)
        let again = try await store.claim(claim("c", limit: 2))
        #expect(again.map(\.lockToken) == started.map(\.lockToken))
        #expect(again.map(\.job) == started.map(\.job))
        #expect(try await store.claim(claim("done")).isEmpty)
        #expect(store.everything.count { $0.job.retries == 0 } == 1)
    }

    @Test("they are still served once, from the snapshot")
    func snapshot() async throws {
        try await withDirectory { path in
            let clock = SetClock()
            let store = try await open(path, clock: clock)
            let (job, started) = try await fill(store)
            await store.close()

            let again = try await open(path, clock: clock)
            try await check(again, job, started)
            await again.close()
        }
    }

    @Test("they are still served once, from the journal after a crash")
    func journal() async throws {
        try await withStore { store, clock in
            let (job, started) = try await fill(store)

            try await afterCrash(store, clock: clock) { again in
                try await check(again, job, started)
            }
        }
    }
}
