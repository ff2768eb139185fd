import JSON
import Jobs
import JobsEngine
import JobsMemory
import Testing

@Suite("Claims of large jobs")
struct ClaimBoundTests {
    @Test("return a bounded number of bytes, and the other jobs are released")
    func bounded() async throws {
        let controller = JobsController(persistence: MemoryJobsPersistence())
        let params = try JSONText("\"\(String(repeating: "x", count: 1_000_000))\"")
        for number in 0..<20 {
            _ = try await controller.add(
                NewJob(type: "mail", refID: "\(number)", params: params))
        }

        let first = try await controller.claim(Claim(type: "mail", timeout: 60_000, limit: 20))
        let second = try await controller.claim(Claim(type: "mail", timeout: 60_000, limit: 20))

        #expect(first.map(\.job.refID) == (0..<16).map { "\($0)" })
        #expect(second.map(\.job.refID) == (16..<20).map { "\($0)" })
        #expect((first + second).allSatisfy { $0.job.retries == 1 })
    }
}
