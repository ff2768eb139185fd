import Foundation
import HTTPTypes
import HummingbirdCore
import JobsAPI
import NIOCore
import Testing

@testable import HTTPEdge
@testable import JobsHTTP

private let validJob = #"{"new_job":{"type":"t1","ref_id":"r1","ttl":0}}"#

/// A call of each operation that succeeds, or finds nothing.
private let calls: [(operation: String, arguments: String, status: Int)] = [
    ("add_job", validJob, 200), ("add_uniq_job", validJob, 200), ("get_jobs", "{}", 200),
    ("get_job_by_id", #"{"job_id":"1"}"#, 204),
    ("start_job_by_id", #"{"job_id":"1","timeout":1}"#, 204),
    ("start_job_by_type", #"{"type":"none","timeout":1}"#, 204),
    ("extend_job", #"{"job_id":"1","timeout":1}"#, 204), ("abort_job", #"{"job_id":"1"}"#, 204),
    ("complete_job", #"{"job_id":"1"}"#, 204), ("delete_job_by_id", #"{"job_id":"1"}"#, 204),
    ("delete_jobs", "{}", 204), ("clean_jobs", "{}", 204),
    ("fail_job", #"{"job_id":"1"}"#, 204), ("cancel_job", #"{"job_id":"1"}"#, 204),
    ("replay_jobs", #"{"job_ids":["1"]}"#, 200), ("get_errors", "{}", 200),
    ("set_schedule", #"{"id":"s","every":60000,"new_job":{"type":"t","ref_id":"r","ttl":0}}"#, 200),
    ("get_schedules", "{}", 200), ("run_schedule", #"{"id":"1"}"#, 204),
    ("delete_schedule", #"{"id":"1"}"#, 204), ("explain_job", #"{"job_id":"1"}"#, 204),
    ("get_types", "{}", 200), ("pause_type", #"{"type":"t"}"#, 200),
    ("resume_type", #"{"type":"t"}"#, 200), ("set_type", #"{"type":"t","max_running":1}"#, 200),
    ("start_operation", #"{"action":"cancel","filter":{"type":"t"}}"#, 200),
    ("get_operations", "{}", 200), ("get_operation", #"{"operation_id":"1"}"#, 204),
    ("cancel_operation", #"{"operation_id":"1"}"#, 204), ("get_audit", "{}", 200),
]

@Suite("Transport: requests and answers")
struct TransportTests {
    let service = TestService()

    @Test("each of the operations is a POST under v1/jobs", arguments: calls)
    func operations(operation: String, arguments: String, status: Int) async throws {
        let answer = try await service.post(operation, arguments)

        #expect(answer.status == status)
        #expect(Command.all.filter { !$0.isBatch }.count == calls.count)
    }

    @Test("a configured base route replaces v1/jobs", arguments: ["api/v2", "/api/v2/", "api/v2/"])
    func baseRoute(route: String) async throws {
        let service = TestService(baseRoute: route)

        #expect(try await service.post("/api/v2/get_jobs", body: nil).status == 200)
        #expect(try await service.post("/v1/jobs/get_jobs", body: nil).status == 404)
    }

    @Test("with an empty base route operations are at the root")
    func emptyBaseRoute() async throws {
        #expect(try await TestService(baseRoute: "").post("/get_jobs", body: nil).status == 200)
    }

    @Test("a result is 200 with JSON")
    func resultPresent() async throws {
        let answer = try await service.post("add_job", validJob)

        #expect(answer.status == 200)
        #expect(answer.header("Content-Type") == "application/json")
        #expect(answer.header("Content-Length") == "\(answer.body?.count ?? 0)")
        #expect(answer.string("type") == "t1")
    }

    @Test("no result is 204 without a body and without its headers")
    func resultNull() async throws {
        let answer = try await service.get("unknown")

        #expect(answer.status == 204)
        #expect(answer.body == nil)
        #expect(answer.header("Content-Type") == nil)
        #expect(answer.header("Content-Length") == nil)
    }

    @Test(
        "every routed answer forbids caching",
        arguments: ["get_jobs", "delete_jobs", "add_job", "clean_jobs"])
    func noCache(operation: String) async throws {
        let answer = try await service.post(operation)

        #expect(answer.header("Cache-Control") == "no-cache, no-store, must-revalidate")
        #expect(answer.header("Pragma") == "no-cache")
        #expect(answer.header("Expires") == "0")
    }

    @Test("every answer has the current date")
    func date() async throws {
        let answer = try await service.post("get_jobs")

        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "GMT")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        let date = try #require(answer.header("Date").flatMap { format.date(from: $0) })
        #expect(abs(date.timeIntervalSinceNow) < 60)
    }

    @Test("a query does not change the route")
    func query() async throws {
        #expect(try await service.post("get_jobs?a=1&b").status == 200)
    }

    @Test(
        "an unknown path is 404",
        arguments: [
            "/v1/jobs/foo", "/v1/jobs", "/v1/jobs/", "/v1/jobs/get_jobs/", "/V1/jobs/get_jobs",
            "/v1/jobs/Get_Jobs", "/", "/v1/jobs/get_jobs/1", "//v1/jobs/get_jobs",
        ])
    func unknownPath(path: String) async throws {
        for method in [HTTPRequest.Method.post, .get, .options] {
            let answer = try await service.send(method, path, ["Origin": "http://a"])

            #expect(answer.isError(404, "NotFound", "NOT_FOUND"))
            #expect(answer.string("message")?.contains(path) == true)
        }
    }

    @Test(
        "a method other than POST is 405 with the allowed method",
        arguments: [HTTPRequest.Method.get, .put, .delete, .patch, .options, .trace])
    func wrongMethod(method: HTTPRequest.Method) async throws {
        let answer = try await service.send(method, "/v1/jobs/delete_jobs")

        #expect(answer.isError(405, "BadRequest", "METHOD_NOT_ALLOWED"))
        #expect(answer.header("Allow") == "POST")
    }

    @Test(
        "system routes allow only GET, not even HEAD",
        arguments: [HTTPRequest.Method.post, .head, .put], ["/heartbeat", "/status"])
    func wrongMethodOfSystemRoute(method: HTTPRequest.Method, path: String) async throws {
        let answer = try await service.send(method, path)

        #expect(answer.status == 405)
        #expect(answer.header("Allow") == "GET")
    }

    @Test("an answer to HEAD has no body, but its length")
    func head() async throws {
        let answer = try await service.send(.head, "/v1/jobs/get_jobs")

        #expect(answer.status == 405)
        #expect(answer.body == nil)
        #expect(answer.header("Content-Length").flatMap { Int($0) } ?? 0 > 100)
    }

    @Test("the first route wins where two endpoints' routes overlap")
    func overlap() async throws {
        let responder = EndpointResponder(
            options: EndpointOptions(port: 0),
            routes: [.heartbeat(route: "x"), .fixed(route: "/x/", answer: "1")])
        let request = Request(
            head: HTTPRequest(method: .get, scheme: nil, authority: nil, path: "/x"),
            body: RequestBody(buffer: ByteBuffer()))

        #expect(try await responder.respond(to: request).status == .ok)
    }
}
