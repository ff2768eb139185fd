import CoreMetrics
import HTTPTypes
import HummingbirdCore
import Jobs
import MetricsTestKit
import NIOCore
import Testing

@testable import HTTPEdge
@testable import JobsHTTP

@Suite("Metrics")
struct MetricsTests {
    private let metrics = TestMetrics()

    private func count(_ reason: String) -> Int64 {
        (try? metrics.expectCounter("jobs_requests_refused_total", [("reason", reason)]).totalValue)
            ?? 0
    }

    @Test("a command and its errors are counted under the original names and the new one")
    func commands() async throws {
        let service = withMetricsFactory(metrics) { TestService() }

        _ = try await service.addJob()
        _ = try await service.post("add_job", "{}")

        #expect(try metrics.expectCounter("v1/jobs.add_job.exec_count").totalValue == 2)
        #expect(try metrics.expectCounter("v1/jobs.add_job.exec_errors").totalValue == 1)
        #expect(try metrics.expectTimer("v1/jobs.add_job.exec_time").values.count == 2)
        let time = try metrics.expectTimer("jobs_command_seconds", [("command", "add_job")])
        #expect(time.values.count == 2)
    }

    @Test("refusals are counted by reason; failures and empty results are not counted")
    func refusals() async throws {
        var options = EndpointOptions(port: 0)
        options.maxRequests = 0
        let full = withMetricsFactory(metrics) { TestService(options: options) }
        let service = withMetricsFactory(metrics) { TestService() }
        let failing = withMetricsFactory(metrics) {
            TestService(persistence: FailingPersistence(error: JobsError.unavailable(reason: "")))
        }
        let job = try await service.addJob()

        _ = try await full.post("get_jobs", "{}")
        _ = try await service.post("get_jobs", "[]")
        _ = try await service.post("nothing", "{}")
        _ = try await service.send(.put, "/v1/jobs/get_jobs")
        _ = try await service.post(
            "complete_job", #"{"job_id":"\#(job.string("id") ?? "")","lock_token":"x"}"#)
        _ = try await service.get("unknown")
        _ = try await failing.post("get_jobs", "{}")

        for reason in ["overloaded", "invalid_data", "not_found", "method_not_allowed"] {
            #expect(count(reason) == 1, "\(reason)")
        }
        let all = metrics.counters.filter { $0.label == "jobs_requests_refused_total" }
        #expect(all.reduce(0) { $0 + $1.totalValue } == 4)
    }

    @Test("the metrics have their declared content type, in maintenance too")
    func page() async throws {
        var options = EndpointOptions(port: 0)
        options.maintenanceEnabled = true
        let responder = EndpointResponder(
            options: options, routes: [.metrics(contentType: "text/plain; version=9") { "a 1\n" }])
        let head = HTTPRequest(method: .get, scheme: nil, authority: nil, path: "/metrics")

        let answer = TestAnswer(
            try await responder.respond(to: Request(head: head, body: .init(buffer: .init()))))

        #expect(answer.status == 200)
        #expect(answer.header("Content-Type") == "text/plain; version=9")
        #expect(answer.text == "a 1\n")
    }

    @Test("a caller that is limited to types of jobs does not get the metrics")
    func limited() async throws {
        let access = Access.sample
        let responder = EndpointResponder(
            options: EndpointOptions(port: 0),
            routes: [.metrics(contentType: "text/plain") { "a" }], access: access)

        for (key, status) in [("jobs:read", 200), ("limited", 403), ("jobs:produce", 403)] {
            let head = HTTPRequest(
                method: .get, scheme: nil, authority: nil, path: "/metrics",
                headerFields: [.authorization: "Bearer \(key)"])
            let answer = TestAnswer(
                try await responder.respond(to: Request(head: head, body: .init(buffer: .init()))))
            #expect(answer.status == status, "\(key)")
        }
    }
}

extension OverASocket {
    @Suite("metrics of connections")
    struct ConnectionMetricsTests {
        @Test("connections above the limit and malformed HTTP count as refused")
        func connections() async throws {
            let metrics = TestMetrics()
            var options = EndpointOptions(port: 0)
            options.maxConnections = 1
            try await withMetricsFactory(metrics) { [options] in
                try await RunningEndpoint.run(options) { endpoint in
                    try await endpoint.connect { first in
                        try await first.send(post("/v1/jobs/get_jobs"))
                        #expect(try await first.readAnswer().status == 200)
                        try await endpoint.connect { second in
                            let answer = try await second.readAnswer()
                            #expect(answer.status == 503)
                        }
                        try await first.send("no HTTP\r\n\r\n")
                        #expect(try await first.readAnswer().status == 400)
                    }
                }
            }

            for reason in ["connections", "malformed_request"] {
                let counter = try metrics.expectCounter(
                    "jobs_requests_refused_total", [("reason", reason)])
                #expect(counter.totalValue == 1, "\(reason)")
            }
        }
    }
}
