import JobsClient
import Testing

@Suite("Clients on top of other clients")
struct ClientLayerTests {
    private struct Layer: JobsClientLayer {
        let base: any JobsClient
    }

    @Test("what a layer does not implement is done by the client below, also with details")
    func details() async throws {
        let client = Layer(base: MemoryJobsClient())
        let id = try await client.add(NewJob(type: "mail", refID: "1")).id
        let claim = Claim(type: "mail", timeout: 60_000)
        let claimed = try #require(try await client.claim(claim, waitTimeout: .zero).first)
        _ = try await client.fail(claimed.lease, error: AttemptError(message: "no"), retry: false)

        let job = try #require(try await client.details(of: id))
        #expect(job.state == .failed && job.attempts.count == 1)
        let page = try await client.listDetails(JobFilter(), Paging())
        #expect(page.jobs.map(\.state) == [.failed])
        #expect(try await client.delete(id)?.id == id)
        #expect(try await client.get(id) == nil)
    }
}
