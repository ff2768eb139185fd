import JobsClient
import JobsTestSupport
import Testing

@Suite("Clients that start bulk operations")
struct ClientOperationTests {
    private static let clients: [ClientUnderTest] = [.direct, .http]

    private func filter(_ type: String) -> JobFilter {
        var filter = JobFilter()
        (filter.type, filter.state) = (type, .failed)
        filter.created.from = Timestamp(milliseconds: 1_000_000)
        return filter
    }

    @Test(
        "an operation comes back as it was asked for, and is found and cancelled",
        arguments: clients)
    func life(kind: ClientUnderTest) async throws {
        try await kind.run { client, _ in
            let job = try await client.add(NewJob(type: "mail", refID: "1"))
            _ = try await client.change([JobChange(job.id, .cancel)])

            let request = OperationRequest(
                .replay, filter("mail"), startDelay: 10_000, reason: "again",
                replay: Replay(delay: 5000, ttl: 60_000))
            let started = try await client.start(request)

            #expect(started.action == .replay && started.filter == request.filter)
            #expect(started.state == .waiting && started.reason == "again" && started.total == 0)
            #expect(started.delay == 5000 && started.ttl == 60_000)
            let begins = try #require(started.begins)
            #expect(begins == started.created.advanced(by: 10_000))
            let id = try #require(started.id)
            #expect(try await client.operation(id) == started)
            #expect(try await client.operations(OperationQuery(state: .waiting)) == [started])
            #expect(try await client.operations(OperationQuery(max: 1, after: id)).isEmpty)
            let cancelled = try #require(try await client.cancelOperation(id))
            #expect(cancelled.state == .cancelled)
            #expect(try await client.ended(operation: id) == cancelled)
            #expect(try await client.operation("none") == nil)
            #expect(try await client.cancelOperation("none") == nil)
        }
    }

    @Test("the jobs of an operation are counted", arguments: clients)
    func count(kind: ClientUnderTest) async throws {
        try await kind.run { client, _ in
            for number in 0..<3 {
                _ = try await client.add(NewJob(type: "mail", refID: "\(number)"))
            }
            var filter = JobFilter()
            filter.type = "mail"
            let counted = try await client.count(.cancel, matching: filter)
            #expect(counted.total == 3 && !counted.isAtLeast)
            await #expect(throws: JobsClientError.self) {
                try await client.start(.cancel, matching: JobFilter())
            }
        }
    }

    @Test("the audit of calls over HTTP is read")
    func audit() async throws {
        try await ClientUnderTest.http.run { client, _ in
            let job = try await client.add(NewJob(type: "mail", refID: "1"))
            _ = try await client.delete(job.id)
            _ = try await client.pause(type: "other", reason: "why", until: nil)

            let all = try await client.audit(AuditQuery())
            #expect(all.map(\.command) == ["pause_type", "delete_job_by_id"])
            let one = try await client.audit(AuditQuery(type: "mail", max: 5))
            #expect(one.map(\.jobID) == [job.id.description])
            #expect(all.first?.reason == "why" && all.first?.principal == nil)
        }
    }
}
