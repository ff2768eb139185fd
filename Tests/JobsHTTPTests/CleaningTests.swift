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

    @Test("failed and cancelled jobs are kept for their retention")
    func retention() async throws {
        let day: Int64 = 86_400_000
        let service = TestService()
        let failed = try await service.addJob().id
        let cancelled = try await service.addJob().id
        let completed = try await service.addJob().id
        _ = try await service.start(failed)
        _ = try await service.post("fail_job", #"{"job_id":"\#(failed)","retry":false}"#)
        _ = try await service.post("cancel_job", id: cancelled)
        _ = try await service.post("complete_job", id: completed)

        var left: [[Bool]] = []
        for days: Int64 in [0, 1, 29] {
            service.clock.advance(by: days * day)
            #expect(try await service.post("clean_jobs").status == 204)
            var row: [Bool] = []
            for id in [failed, cancelled, completed] {
                row.append(try await service.get(id).status == 200)
            }
            left.append(row)
        }

        #expect(left == [[true, true, false], [true, false, false], [false, false, false]])
    }
}
