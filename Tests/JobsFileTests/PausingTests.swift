import Jobs
import JobsEngine
import JobsFile
import JobsTestSupport
import Testing

@Suite("Pauses of a file store")
struct FilePausingTests {
    @Test("a pause and the settings of a type outlast a restart")
    func restart() async throws {
        try await withDirectory { path in
            let clock = SetClock()
            let first = try await open(path, clock: clock)
            let before = JobsController(persistence: first)
            _ = try await before.add(NewJob(type: "mail", refID: "1"))
            var change = TypeChange()
            change.retry = .set(RetryPolicy(backoff: .constant, delay: 5000, jitter: 0))
            try await before.set("mail", change)
            try await before.pause("*", reason: "rest")
            await first.close()

            let second = try await open(path, clock: clock)
            let after = JobsController(persistence: second)

            let claim = Claim(type: "mail", timeout: 60_000)
            #expect(try await after.claim(claim).isEmpty)
            #expect(try await after.settings(of: "*").pause?.reason == "rest")
            try await after.resume("*")
            let started = try #require(try await after.claim(claim).first)
            let failed = try await after.change(JobChange(started.job.id, .fail(Failure())))
            #expect(failed?.attempts.last?.delay == 5000)
            await second.close()
        }
    }
}
