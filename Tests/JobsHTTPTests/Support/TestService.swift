import Foundation
import HTTPTestSupport
import HTTPTypes
import HummingbirdCore
import Jobs
import JobsEngine
import JobsMemory
import JobsTestSupport
import Logging
import NIOCore
import Testing

@testable import HTTPEdge
@testable import JobsHTTP

/// An endpoint in this process, without a socket, over a store in memory whose clock the test sets.
struct TestService: Sendable {
    let clock: TestClock
    let log: LogRecorder
    let responder: EndpointResponder

    init(
        options: EndpointOptions = EndpointOptions(port: 0), maxRetries: Int = 10,
        maxPageSize: Int = 1000, baseRoute: String = "v1/jobs", status: ServiceStatus = .sample,
        persistence: (any JobsPersistence)? = nil, logLevel: Logger.Level = .trace,
        access: Access? = nil, allowsDeletingAll: Bool = true
    ) {
        let clock = TestClock()
        let log = LogRecorder(level: logLevel)
        let memory = MemoryJobsPersistence(maxPageSize: maxPageSize, clock: { clock.now })
        let controller = JobsController(
            persistence: persistence ?? memory, options: .init(maxRetries: maxRetries))
        self.clock = clock
        self.log = log
        responder = EndpointResponder(
            options: options,
            routes: [
                .jobs(
                    controller, baseRoute: baseRoute, allowsDeletingAll: allowsDeletingAll,
                    logger: log.logger),
                .events(controller, baseRoute: baseRoute, logger: log.logger), .heartbeat(),
                .status(status),
            ], access: access)
    }

    /// Calls an operation of `v1/jobs`; no body means no Content-Type either.
    func post(_ operation: String, _ body: String? = nil, headers: [String: String] = [:])
        async throws -> TestAnswer
    {
        try await post("/v1/jobs/" + operation, body: body.map { ByteBuffer(string: $0) }, headers)
    }

    func post(_ path: String, body: ByteBuffer?, _ headers: [String: String] = [:]) async throws
        -> TestAnswer
    {
        var headers = headers
        if let body {
            headers["Content-Length"] = headers["Content-Length"] ?? "\(body.readableBytes)"
            headers["Content-Type"] = headers["Content-Type"] ?? "application/json"
        }
        return try await send(.post, path, headers, RequestBody(buffer: body ?? ByteBuffer()))
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, _ headers: [String: String] = [:],
        _ body: RequestBody = RequestBody(buffer: ByteBuffer())
    ) async throws -> TestAnswer {
        var fields = HTTPFields()
        for (name, value) in headers where name != "Host" {
            fields[try #require(HTTPField.Name(name))] = value
        }
        let head = HTTPRequest(
            method: method, scheme: "http", authority: headers["Host"] ?? "localhost", path: path,
            headerFields: fields)
        return TestAnswer(try await responder.respond(to: Request(head: head, body: body)))
    }
}

extension TestService {
    /// Adds a job and returns the answer of the service.
    func addJob(
        type: String = "t1", refID: String = "r1", ttl: Int = 0, _ more: String = ""
    ) async throws -> TestAnswer {
        let members = #""type":"\#(type)","ref_id":"\#(refID)","ttl":\#(ttl)"#
        let answer = try await post(
            "add_job", #"{"new_job":{\#(members)\#(more.isEmpty ? "" : ",")\#(more)}}"#)
        try #require(answer.status == 200, "\(answer.text)")
        return answer
    }

    func start(_ id: String, timeout: Int = 10_000) async throws -> TestAnswer {
        try await post("start_job_by_id", #"{"job_id":"\#(id)","timeout":\#(timeout)}"#)
    }

    func start(type: String = "t1", timeout: Int = 10_000) async throws -> TestAnswer {
        try await post("start_job_by_type", #"{"type":"\#(type)","timeout":\#(timeout)}"#)
    }

    /// Calls an operation that takes only `job_id`.
    func post(_ operation: String, id: String) async throws -> TestAnswer {
        try await post(operation, #"{"job_id":"\#(id)"}"#)
    }

    func get(_ id: String) async throws -> TestAnswer {
        try await post("get_job_by_id", id: id)
    }

    /// The `ref_id`s of the jobs in a list with this filter.
    func list(_ filter: String) async throws -> [String] {
        let answer = try await post("get_jobs", #"{"filter":\#(filter)}"#)
        try #require(answer.status == 200, "\(answer.text)")
        return answer.jobs.compactMap { $0["ref_id"] as? String }
    }

    func countJobs() async throws -> Int? {
        try await post("get_jobs", #"{"paging":{"total":true}}"#).integer("total")
    }
}

extension ServiceStatus {
    static let sample = ServiceStatus(
        id: "host1", name: "jobs", description: "Jobs microservice",
        startTime: Timestamp(milliseconds: 1_000), properties: ["region": "eu"],
        components: [
            "pip-services:context-info:default:default:1.0",
            "pip-services:factory:container:default:1.0",
        ], version: "1.2.3")
}
