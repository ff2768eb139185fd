import JobsClient
import JobsTestSupport
import Testing

extension ClientTests {
    @Test("the null client accepts every call and keeps no jobs")
    func null() async throws {
        let client = NullJobsClient()
        #expect(try await client.add(NewJob(type: "a", refID: "1")).type == "a")
        #expect(try await client.addUnique(NewJob(type: "a", refID: "1")).refID == "1")
        #expect(try await client.add([NewJob(type: "a", refID: "1")]).count == 1)
        #expect(try await client.list().jobs.isEmpty)
        #expect(try await client.get(JobID("1")) == nil)
        #expect(try await client.start(type: "a", timeout: .seconds(1)) == nil)
        #expect(try await client.start(JobID("1"), timeout: .seconds(1)) == nil)
        let lease = LeaseReference(id: JobID("1"))
        #expect(try await client.complete(lease) == nil)
        #expect(
            try await client.change([JobChange(lease, .complete), JobChange(lease, .complete)])
                .count == 2)
        #expect(try await client.abort(lease) == nil)
        #expect(try await client.extend(lease, timeout: .seconds(1)) == nil)
        #expect(try await client.delete(JobID("1")) == nil)
        try await client.deleteAll()
        try await client.clean()
    }
}
