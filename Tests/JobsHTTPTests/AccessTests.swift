import HTTPTestSupport
import HTTPTypes
import HummingbirdCore
import Jobs
import JobsAPI
import NIOCore
import Testing

@testable import HTTPEdge
@testable import JobsHTTP

@Suite("Access")
struct AccessTests {
    private let service = TestService(access: .sample)

    /// The operations that each scope allows.
    private static let allowed: [AccessScope: Set<String>] = [
        .produce: ["add_job", "add_uniq_job", "add_jobs"],
        .work: [
            "start_job_by_id", "start_job_by_type", "extend_job", "abort_job", "complete_job",
            "start_jobs_by_type", "extend_jobs", "abort_jobs", "complete_jobs", "fail_job",
            "fail_jobs",
        ],
        .operate: [
            "cancel_job", "replay_jobs", "set_schedule", "delete_schedule", "run_schedule",
            "pause_type", "resume_type", "set_type", "start_operation", "cancel_operation",
        ],
        .read: [
            "get_jobs", "get_job_by_id", "get_errors", "get_schedules", "get_types", "explain_job",
            "get_operations", "get_operation", "get_audit",
        ],
        .admin: Set(Command.all.map(\.name)),
    ]

    @Test("a scope allows its commands and no others", arguments: Command.all)
    func scopes(command: Command) async throws {
        for scope in AccessScope.allCases {
            let answer = try await service.post(
                command.name, String(buffer: command.arguments.example.json),
                headers: bearer(scope.rawValue))

            let isAllowed = Self.allowed[scope]?.contains(command.name) == true
            #expect((200...204).contains(answer.status) == isAllowed, "\(scope): \(answer.text)")
            #expect(answer.isError(403, "Unauthorized", "NOT_AUTHORIZED") != isAllowed)
        }
    }

    @Test("a refusal names the scope that is needed")
    func neededScope() async throws {
        let answer = try await service.post("get_jobs", headers: bearer("jobs:work"))

        #expect(answer.string("message") == "The scope jobs:read is needed")
        #expect((answer.object["details"] as? [String: String]) == ["scope": "jobs:read"])
        #expect(answer.header("WWW-Authenticate")?.contains(#"scope="jobs:read""#) == true)
    }

    @Test("a caller without a key gets a 401 for every command", arguments: Command.all)
    func strangers(command: Command) async throws {
        let answer = try await service.post(command.name)

        #expect(answer.isError(401, "Unauthorized", "NOT_SIGNED"))
        #expect(answer.header("WWW-Authenticate") == "Bearer")
    }

    @Test(
        "an unknown key is refused, and is not repeated anywhere",
        arguments: [
            ["Authorization": "Bearer wrong-secret"], ["X-Api-Key": "wrong-secret"],
            ["Authorization": "Bearer jobs:read wrong-secret"], ["X-Api-Key": "jobs:rea"],
        ])
    func wrongKeys(headers: [String: String]) async throws {
        let answer = try await service.post("get_jobs", headers: headers)

        #expect(answer.isError(401, "Unauthorized", "INVALID_TOKEN"))
        #expect(answer.header("WWW-Authenticate") == #"Bearer error="invalid_token""#)
        #expect(!answer.text.contains("secret"))
        #expect(!service.log.lines.contains { "\($0)".contains("secret") })
    }

    @Test(
        "a key is sent as a bearer token or in its own header",
        arguments: [
            ["Authorization": "Bearer jobs:read"], ["authorization": "bearer  jobs:read"],
            ["X-Api-Key": "jobs:read"], ["Authorization": "Basic eDp5", "X-Api-Key": "jobs:read"],
        ])
    func carriers(headers: [String: String]) async throws {
        #expect(try await service.post("get_jobs", headers: headers).status == 200)
    }

    @Test(
        "malformed credentials count as missing",
        arguments: [
            ["Authorization": ""], ["Authorization": "Bearer"], ["Authorization": "jobs:read"],
            ["Authorization": "Basic jobs:read"], ["X-Api-Key": ""],
        ])
    func noCredentials(headers: [String: String]) async throws {
        #expect(
            try await service.post("get_jobs", headers: headers)
                .isError(401, "Unauthorized", "NOT_SIGNED"))
    }

    @Test("routes about the service are open, or require the scope to read")
    func systemRoutes() async throws {
        #expect(try await service.send(.get, "/heartbeat").status == 200)
        #expect(try await service.send(.get, "/status").status == 401)
        #expect(try await service.send(.get, "/status", bearer("jobs:work")).status == 403)
        #expect(try await service.send(.get, "/status", bearer("jobs:read")).status == 200)
    }

    @Test("probes and the description are open")
    func openRoutes() async throws {
        let readiness = Readiness(checks: [], logger: service.log.logger)
        let routes: [Routes] = [
            .health(readiness), try .description(of: [], info: APIInfo(title: "", description: "")),
        ]
        let responder = EndpointResponder(
            options: EndpointOptions(port: 0), routes: routes, access: .sample)
        for path in ["/health/live", "/docs", "/openapi.json"] {
            let head = HTTPRequest(method: .get, scheme: nil, authority: nil, path: path)
            let request = Request(head: head, body: .init(buffer: ByteBuffer()))

            #expect(try await responder.respond(to: request).status == .ok, "\(path)")
        }
    }

    @Test("a route without a declared scope requires the scope to read")
    func routesByDefault() {
        #expect(Routes.Route(method: .get) { _ in .nothing }.scope == .read)
    }

    @Test("unknown routes and methods are reported without authentication")
    func unknownPaths() async throws {
        #expect(try await service.post("no_such_command").status == 404)
        #expect(try await service.send(.get, "/v1/jobs/get_jobs").status == 405)
    }

    @Test("a preflight request needs no key")
    func preflight() async throws {
        let headers = ["Origin": "https://x", "Access-Control-Request-Method": "POST"]

        let closed = try await service.send(.options, "/v1/jobs/get_jobs", headers)
        let open = try await TestService().send(.options, "/v1/jobs/get_jobs", headers)

        #expect(closed.status == 204)
        let names = closed.header("Access-Control-Allow-Headers") ?? ""
        #expect(names.contains("authorization") && names.contains("x-api-key"))
        #expect(open.header("Access-Control-Allow-Headers")?.contains("authorization") == false)
    }

    @Test("the body of a caller without a key is not read")
    func bodies() async throws {
        let body = RequestBody(asyncSequence: FailingBody())
        let headers = ["Content-Type": "application/json"]

        let stranger = try await service.send(.post, "/v1/jobs/add_job", headers, body)
        let reader = try await service.send(
            .post, "/v1/jobs/add_job", headers.merging(bearer("jobs:read")) { $1 }, body)

        #expect(stranger.status == 401)
        #expect(reader.status == 403)
    }

    private struct FailingBody: AsyncSequence, Sendable {
        struct Iterator: AsyncIteratorProtocol {
            mutating func next() async throws -> ByteBuffer? {
                Issue.record("the body was read")
                return nil
            }
        }

        func makeAsyncIterator() -> Iterator { Iterator() }
    }

    @Test("replaced authenticators apply at once")
    func reload() async throws {
        let access = Access([APIKeyAuthenticator([Access.key("old", scopes: [.read])])])
        let service = TestService(access: access)
        #expect(try await service.post("get_jobs", headers: bearer("old")).status == 200)

        access.use([APIKeyAuthenticator([Access.key("new", scopes: [.read])])])

        #expect(try await service.post("get_jobs", headers: bearer("old")).status == 401)
        #expect(try await service.post("get_jobs", headers: bearer("new")).status == 200)
    }
}
