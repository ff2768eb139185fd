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

    @Test("a command counts under its old names and its new one, errors too")
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

    @Test("what is refused counts by why, and what fails or finds nothing does not")
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

    @Test("a page of metrics is what it says to be, in maintenance too")
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

    @Test("who is limited to types of jobs is told nothing of all")
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
        @Test("a connection that is one too many counts as refused, and so does what is no HTTP")
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
