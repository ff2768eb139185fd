import Jobs
import JobsMemory
import JobsTestSupport
import Synchronization
import Testing

@testable import JobsEngine

@Suite("Claims whose callers did not receive their jobs")
struct UndeliveredClaimTests {
    private let jobs: JobsController
    private let claims = ClaimCount()

    init() {
        jobs = JobsController(
            persistence: MemoryJobsPersistence(clock: Timestamp.now), observer: claims)
    }

    private func claim(_ type: String, _ request: String?) async throws -> [StartedJob] {
        try await jobs.claim(
            Claim(type: type, timeout: 600_000, requestID: request), ClaimWait(milliseconds: 60_000)
        )
    }

    @Test("are taken back at once, those with a request id if nobody repeats them in time")
    func takenBack() async throws {
        for type in ["plain", "gone", "repeated"] {
            _ = try await jobs.add(NewJob(type: type, refID: ""))
        }
        let plain = try await claim("plain", nil)
        let gone = try await claim("gone", "r")
        let repeated = try await claim("repeated", "r")
        let undelivered = Task { try await jobs.releaseUnlessRepeated(plain + gone + repeated) }

        #expect(try await claim("plain", nil).map(\.job.retries) == [1])
        #expect(try await claim("repeated", "r").map(\.lockToken) == repeated.map(\.lockToken))
        #expect(try await claim("gone", nil).map(\.job.retries) == [1])
        try await undelivered.value
        let lease = try #require(repeated.first)
        _ = try await jobs.change(JobChange(lease.job.id, lease.lockToken, .complete))
    }

    @Test("are not taken back if another caller waited with the same request id")
    func shared() async throws {
        let callers = (0..<2).map { _ in Task { try await claim("mail", "r") } }
        try await eventually { jobs.persistence.waitingCount == 2 }
        _ = try await jobs.add(NewJob(type: "mail", refID: ""))
        let first = try await callers[0].value
        let second = try #require(try await callers[1].value.first)
        #expect(first.map(\.lockToken) == [second.lockToken])
        // One claim, although two callers have its job.
        #expect(claims.count == 1)

        try await jobs.release(first)

        _ = try await jobs.change(JobChange(second.job.id, second.lockToken, .complete))
    }
}

private final class ClaimCount: JobObserver {
    private let claimed = Mutex(0)
    var count: Int { claimed.withLock { $0 } }

    func observe(_ event: JobEvent) {
        if case .claimed = event { claimed.withLock { $0 += 1 } }
    }
}
