import Foundation
import HTTPTypes
import HummingbirdCore
import Jobs
import JobsMemory
import NIOCore
import Testing

@testable import HTTPEdge
@testable import JobsHTTP

@Suite("Heartbeat, status and maintenance")
struct SystemRouteTests {
    let service = TestService()

    private func isNow(_ text: String?) -> Bool {
        guard let date = text.flatMap({ Timestamp(iso8601: $0) }) else { return false }
        return abs(date.milliseconds - Timestamp.now().milliseconds) < 60_000
    }

    @Test("a heartbeat is the time as a JSON string")
    func heartbeat() async throws {
        let answer = try await service.send(.get, "/heartbeat")

        #expect(answer.status == 200)
        #expect(answer.header("Content-Type") == "application/json")
        #expect(isNow(answer.json as? String))
        #expect((answer.json as? String)?.wholeMatch(of: /.{10}T.{8}\.\d{3}Z/) != nil)
        #expect(answer.header("Cache-Control") == "no-cache, no-store, must-revalidate")
    }

    @Test("the status has the components and the start time")
    func status() async throws {
        let answer = try await service.send(.get, "/status")

        #expect(answer.status == 200)
        #expect(
            Set(answer.object.keys) == [
                "id", "name", "description", "start_time", "current_time", "uptime", "properties",
                "components", "version",
            ])
        #expect(answer.string("id") == "host1")
        #expect(answer.string("name") == "jobs")
        #expect(answer.string("description") == "Jobs microservice")
        #expect(answer.string("version") == "1.2.3")
        #expect(answer.string("start_time") == "1970-01-01T00:00:01.000Z")
        #expect(isNow(answer.string("current_time")))
        #expect(answer.object["properties"] as? [String: String] == ["region": "eu"])
        #expect(
            answer.object["components"] as? [String] == [
                "pip-services:context-info:default:default:1.0",
                "pip-services:factory:container:default:1.0",
            ])
    }

    @Test("the uptime is a number of milliseconds")
    func uptime() async throws {
        let answer = try await service.send(.get, "/status")

        let now = try #require(answer.string("current_time").flatMap { Timestamp(iso8601: $0) })
        #expect(answer.object["uptime"] is NSNumber)
        #expect(answer.integer("uptime").map { Int64($0) } == now.milliseconds - 1000)
    }

    @Test("a status without properties shows an empty object")
    func emptyStatus() async throws {
        let status = ServiceStatus(
            id: "", name: "Unknown", description: "", startTime: .now(), properties: [:],
            components: [], version: "1.2.3")

        let answer = try await TestService(status: status).send(.get, "/status")

        #expect(answer.text.contains(#""properties":{},"components":[]"#))
    }

    @Test("system routes are configurable", arguments: ["alive", "/alive", "health/alive/"])
    func otherRoute(route: String) async throws {
        let routes: [Routes] = [.heartbeat(route: route), .status(route: route + "2", .sample)]
        let responder = EndpointResponder(options: EndpointOptions(port: 0), routes: routes)
        let path = "/" + route.split(separator: "/").joined(separator: "/")

        for path in [path, path + (route.hasSuffix("/") ? "/2" : "2")] {
            let head = HTTPRequest(method: .get, scheme: nil, authority: nil, path: path)
            let request = Request(head: head, body: .init(buffer: .init()))
            #expect(try await responder.respond(to: request).status == .ok)
        }
    }

    @Test("a query does not hide a system route")
    func query() async throws {
        #expect(try await service.send(.get, "/heartbeat?correlation_id=1").status == 200)
    }

    @Test("in maintenance everything is 503 with Retry-After, and nothing runs")
    func maintenance() async throws {
        let memory = MemoryJobsPersistence()
        #expect(memory.add([NewJob(type: "t", refID: "r", ttl: 0)]).count == 1)
        let service = TestService(
            options: EndpointOptions(port: 0, maintenanceEnabled: true), persistence: memory)

        for (method, path) in [
            (HTTPRequest.Method.post, "/v1/jobs/delete_jobs"), (.post, "/v1/jobs/add_job"),
            (.get, "/heartbeat"), (.get, "/status"), (.get, "/none"), (.options, "/heartbeat"),
            (.head, "/v1/jobs/delete_jobs"),
        ] {
            let answer = try await service.send(method, path, ["Origin": "http://a"])

            #expect(answer.status == 503)
            #expect(answer.header("Retry-After") == "3600")
            if method != .head {
                #expect(answer.isError(503, "InvalidState", "SERVER_UNAVAILABLE"))
            }
        }
        #expect(try await memory.list(JobFilter(), Paging()).jobs.count == 1)
    }
}
