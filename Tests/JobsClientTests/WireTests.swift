import JobsClient
import Testing

@testable import JobsHTTP

/// The requests of the client. They contain only the arguments that were set, so that older
/// services receive only arguments that they know.
@Suite("Requests of the client")
struct WireTests {
    private func sent(
        _ call: @Sendable @escaping (HTTPJobsClient) async throws -> Void,
        options change: @Sendable @escaping (inout HTTPJobsClientOptions) -> Void = { _ in }
    ) async throws -> [RequestLog.Request] {
        try await RunningService.run { service in
            var options = HTTPJobsClientOptions(url: service.url)
            change(&options)
            try await call(HTTPJobsClient(options))
            return await service.requests.all
        }
    }

    @Test("arguments that are not set are not sent")
    func plain() async throws {
        let requests = try await sent { client in
            _ = try await client.add(NewJob(type: "a", refID: "b"))
            _ = try await client.start(type: "a", timeout: .seconds(1))
            let lease = LeaseReference(id: JobID("x"))
            _ = try await client.extend(lease, timeout: .milliseconds(1500))
            _ = try await client.abort(lease)
            _ = try await client.complete(lease)
            _ = try await client.list()
            try await client.clean()
        }
        #expect(
            requests.map { "\($0.operation) \($0.body)" } == [
                #"add_job {"new_job":{"type":"a","ref_id":"b","ttl":0}}"#,
                #"start_job_by_type {"type":"a","timeout":1000}"#,
                #"extend_job {"job_id":"x","timeout":1500}"#, #"abort_job {"job_id":"x"}"#,
                #"complete_job {"job_id":"x"}"#, #"get_jobs {"filter":{},"paging":{}}"#,
                "clean_jobs {}",
            ])
        #expect(requests.allSatisfy { $0.query == nil && $0.header == nil })
        #expect(
            requests.filter(\.hasRequestID).map(\.operation) == ["add_job", "start_job_by_type"])
    }

    @Test("arguments that are set are sent")
    func full() async throws {
        let requests = try await sent { client in
            _ = try await client.add(
                NewJob(
                    type: "a", refID: "b", ttl: .seconds(2), params: ["k": 1], priority: 3,
                    delay: .milliseconds(4)))
            _ = try await client.start(
                type: "c", timeout: .seconds(1), maxRetries: 5, waitTimeout: .milliseconds(6))
            _ = try await client.start(
                type: "c", timeout: .seconds(1), maxJobs: 7, maxRetries: 5,
                waitTimeout: .milliseconds(6))
            let lease = LeaseReference(id: JobID("x"), lockToken: LockToken("t"))
            _ = try await client.abort(lease, delay: .seconds(8))
            _ = try await client.list(JobFilter(), Paging(skip: 1, take: 2, wantsTotal: true))
        }
        #expect(
            requests.map(\.body) == [
                #"{"new_job":{"type":"a","ref_id":"b","ttl":2000,"params":{"k":1},"priority":3,"delay":4}}"#,
                #"{"type":"c","timeout":1000,"max_retries":5,"wait_timeout":6}"#,
                #"{"type":"c","timeout":1000,"max_retries":5,"wait_timeout":6,"max_jobs":7}"#,
                #"{"job_id":"x","lock_token":"t","delay":8000}"#,
                #"{"filter":{},"paging":{"skip":1,"take":2,"total":true}}"#,
            ])
    }

    @Test("every condition of a list is sent under its name")
    func filter() async throws {
        let requests = try await sent { client in
            let date = Timestamp(milliseconds: 0)
            let dates = DateCondition(equal: date, from: date, to: date)
            var filter = JobFilter()
            filter.id = JobID("x")
            filter.type = "a"
            filter.refID = "b"
            filter.created = dates
            filter.started = DateCondition(to: date)
            filter.lockedUntil = dates
            filter.executeUntil = DateCondition(from: date)
            filter.completed = DateCondition(equal: date)
            filter.retries = 1
            filter.minRetries = -1
            _ = try await client.list(filter)
        }
        let date = #""1970-01-01T00:00:00.000Z""#
        #expect(
            requests.map(\.body) == [
                #"{"filter":{"id":"x","type":"a","ref_id":"b","#
                    + #""created":\#(date),"created_from":\#(date),"created_to":\#(date),"#
                    + #""started_to":\#(date),"locked_until":\#(date),"#
                    + #""locked_from":\#(date),"locked_to":\#(date),"execute_from":\#(date),"#
                    + #""completed":\#(date),"retries":1,"min_retries":-1},"paging":{}}"#
            ])
    }

    @Test(
        "the correlation id is sent in the configured place",
        arguments: [HTTPJobsClientOptions.CorrelationIDPlace.query, .headers, .both])
    func correlationID(place: HTTPJobsClientOptions.CorrelationIDPlace) async throws {
        let requests = try await sent(
            { client in
                _ = try await CorrelationID.$current.withValue("a b/é&1") {
                    try await client.list()
                }
            }, options: { $0.correlationIDPlace = place })
        let request = try #require(requests.first)
        #expect(
            request.query == (place == .headers ? nil : "correlation_id=a%20b%2f%c3%a9%261"))
        #expect(request.header == (place == .query ? nil : "a b/&1"))
    }

    @Test("the base route is configurable")
    func route() async throws {
        try await RunningService.run { service in
            var options = HTTPJobsClientOptions(url: service.url + "/")
            options.baseRoute = "/v1/jobs/"
            _ = try await HTTPJobsClient(options).list()
            options.baseRoute = "v2/jobs"
            let client = try HTTPJobsClient(options)
            let error = await #expect(throws: JobsClientError.self) { try await client.list() }
            #expect(error?.kind == .refused && error?.status == 404)
        }
    }

    @Test("a service without batches gets single requests, and no batch again for a while")
    func original() async throws {
        try await RunningService.run(.original) { service in
            let client = try HTTPJobsClient(url: service.url)
            for _ in 0..<2 {
                _ = try await client.add([
                    NewJob(type: "a", refID: "1"), NewJob(type: "a", refID: "2"),
                ])
            }
            let claimed = try await client.start(
                type: "a", timeout: .seconds(60), maxJobs: 3, maxRetries: nil, waitTimeout: .zero)
            #expect(claimed.map(\.job.refID) == ["1", "2", "1"])
            // The log has no unknown operations, since they match no route.
            #expect(
                await service.requests.operations
                    == Array(repeating: "add_job", count: 4)
                    + Array(repeating: "start_job_by_type", count: 3))
        }
    }
}
