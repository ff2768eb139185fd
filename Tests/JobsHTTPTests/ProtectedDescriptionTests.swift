import HTTPTestSupport
import HTTPTypes
import HummingbirdCore
import Jobs
import JobsAPI
import JobsEngine
import JobsMemory
import NIOCore
import Testing

@testable import HTTPEdge
@testable import JobsHTTP

@Suite("The description of an API with access control")
struct ProtectedDescriptionTests {
    private func get(_ path: String, isProtected: Bool) async throws -> TestAnswer {
        let jobs = Routes.jobs(
            JobsController(persistence: MemoryJobsPersistence()), allowsDeletingAll: !isProtected,
            logger: LogRecorder().logger)
        let routes: [Routes] = [jobs, .heartbeat(), .status(.sample)]
        let description = try Routes.description(
            of: routes, info: APIInfo(title: "", description: ""), isProtected: isProtected)
        let responder = EndpointResponder(
            options: EndpointOptions(port: 0), routes: routes + [description])
        let head = HTTPRequest(method: .get, scheme: nil, authority: nil, path: path)
        return TestAnswer(
            try await responder.respond(to: Request(head: head, body: .init(buffer: .init()))))
    }

    private func operations(isProtected: Bool) async throws -> [String: [String: Any]] {
        let document = try await get("/openapi.json", isProtected: isProtected).object
        let paths = document["paths"] as? [String: [String: [String: Any]]] ?? [:]
        return paths.compactMapValues { $0.values.first }
    }

    @Test("each operation has its scope, and the answer to callers without it")
    func scopes() async throws {
        let operations = try await operations(isProtected: true)
        for command in Command.all {
            let operation = try #require(operations["/v1/jobs/\(command.name)"])
            let security = operation["security"] as? [[String: [String]]]
            let responses = operation["responses"] as? [String: Any] ?? [:]

            #expect(
                security == [
                    ["bearer": [command.scope.rawValue]], ["apiKey": [command.scope.rawValue]],
                ])
            #expect(responses["401"] != nil && responses["403"] != nil)
        }
        #expect(operations["/status"]?["security"] != nil)
        #expect(operations["/heartbeat"] != nil && operations["/heartbeat"]?["security"] == nil)
    }

    @Test("routes require the scopes in their descriptions")
    func routes() throws {
        let controller = JobsController(persistence: MemoryJobsPersistence())
        let logger = LogRecorder().logger
        let all: [Routes] = [
            .jobs(controller, logger: logger), .heartbeat(), .status(.sample),
            .health(Readiness(checks: [], logger: logger)),
        ]
        for routes in all {
            for operation in routes.operations {
                let route = try #require(routes.routes[operation.path])
                #expect(route.scope == operation.scope, "\(operation.path)")
            }
        }
    }

    @Test("it describes how to authenticate")
    func schemes() async throws {
        let document = try await get("/openapi.json", isProtected: true).object
        let components = document["components"] as? [String: Any]
        let schemes = try #require(components?["securitySchemes"] as? [String: [String: String]])

        #expect(schemes["bearer"]?["scheme"] == "bearer")
        #expect(schemes["apiKey"]?["name"] == "X-Api-Key")
        let page = try await get("/docs", isProtected: true).text
        #expect(page.contains("Needs the scope <code>jobs:work</code>"))
    }

    @Test("without access control it mentions no scopes")
    func open() async throws {
        for path in ["/openapi.json", "/docs"] {
            let text = try await get(path, isProtected: false).text
            for word in ["security", "401", "403", "jobs:read"] {
                #expect(!text.contains(word), "\(path): \(word)")
            }
        }
    }

    @Test("an operation that the configuration forbids has only the answer 403")
    func forbidden() async throws {
        let operation = try #require(
            try await operations(isProtected: true)["/v1/jobs/delete_jobs"])
        let responses = operation["responses"] as? [String: Any] ?? [:]

        #expect(responses["204"] == nil)
        #expect(responses["403"] != nil)
    }
}
