import Foundation
import JobsTestSupport
import Testing

@testable import JobsHTTP

@Suite("clean_jobs")
struct CleaningTests {
    @Test("removes completed, expired and exhausted jobs, and no others")
    func clean() async throws {
        let service = TestService(maxRetries: 2)
        _ = try await service.addJob(refID: "new")
        _ = try await service.addJob(refID: "delayed", #""delay":9000"#)
        let completed = try await service.addJob(refID: "completed").id
        _ = try await service.post("complete_job", id: completed)
        _ = try await service.addJob(refID: "expired", ttl: 1000)
        let running = try await service.addJob(refID: "running past its deadline", ttl: 1000).id
        _ = try await service.start(running, timeout: 60_000)
        let givenUp = try await service.addJob(refID: "given up").id
        let last = try await service.addJob(refID: "in its last try").id
        let limit = try await service.addJob(refID: "at the limit").id
        for _ in 0..<3 { _ = try await service.start(givenUp, timeout: 0) }
        for _ in 0..<2 { _ = try await service.start(last, timeout: 0) }
        _ = try await service.start(last, timeout: 60_000)
        for _ in 0..<2 { _ = try await service.start(limit, timeout: 0) }
        service.clock.advance(by: 1000)

        let answer = try await service.post("clean_jobs")

        #expect(answer.status == 204)
        #expect(
            try await service.list("{}") == [
                "new", "delayed", "running past its deadline", "in its last try", "at the limit",
            ])
    }

    @Test("a job that expires later is kept until then")
    func deadline() async throws {
        let service = TestService()
        _ = try await service.addJob(ttl: 1000)

        service.clock.advance(by: 999)
        _ = try await service.post("clean_jobs")
        #expect(try await service.countJobs() == 1)
        service.clock.advance(by: 1)
        _ = try await service.post("clean_jobs")
        #expect(try await service.countJobs() == 0)
    }
}
