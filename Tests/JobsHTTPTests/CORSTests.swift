import HTTPTestSupport
import HTTPTypes
import Testing

@testable import HTTPEdge
@testable import JobsHTTP

@Suite("CORS")
struct CORSTests {
    private let preflight = [
        "Origin": "http://page.example", "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,correlation_id",
    ]

    private func service(origins: [String] = [], headers: [String] = []) -> TestService {
        TestService(options: EndpointOptions(port: 0, corsHeaders: headers, corsOrigins: origins))
    }

    private func names(_ header: String?) -> Set<String> {
        Set((header ?? "").split(separator: ",").map { $0.filter { $0 != " " }.lowercased() })
    }

    @Test("a request without an origin gets no headers about origins")
    func noOrigin() async throws {
        let answer = try await service().post("get_jobs")

        #expect(!answer.headers.contains { $0.name.canonicalName.hasPrefix("access-control") })
    }

    @Test(
        "without configured origins every page may call",
        arguments: [[], ["*"], ["http://a", "*"]])
    func anyOrigin(origins: [String]) async throws {
        let answer = try await service(origins: origins).post(
            "get_jobs", "{}", headers: ["Origin": "http://page.example"])

        #expect(answer.status == 200)
        #expect(answer.header("Access-Control-Allow-Origin") == "http://page.example")
        #expect(answer.header("Vary")?.lowercased() == "origin")
        #expect(names(answer.header("Access-Control-Expose-Headers")).contains("correlation_id"))
    }

    @Test(
        "configured origins may call",
        arguments: [
            ("https://other.example", "https://other.example"),
            ("https://Other.Example:443/", "https://other.example"),
            ("http://other.example:8080", "http://other.example:8080"),
        ])
    func configuredOrigins(configured: String, origin: String) async throws {
        let service = service(origins: ["http://page.example", configured])

        for headers in [["Origin": origin], ["Origin": origin, "Sec-Fetch-Site": "cross-site"]] {
            let answer = try await service.post("get_jobs", "{}", headers: headers)

            #expect(answer.status == 200)
            #expect(answer.header("Access-Control-Allow-Origin") == origin)
            #expect(answer.header("Vary")?.lowercased() == "origin")
        }
    }

    private static let foreign: [[String: String]] = [
        ["Origin": "https://evil.example"], ["Origin": "null"], ["Origin": ""],
        ["Origin": "http://page.example.evil.example"], ["Origin": "http://page.example:81"],
        ["Origin": "https://page.example"], ["Origin": "http://localhost:1"],
        ["Origin": "http://localhost.evil.example"], ["Origin": "none"], ["Origin": "localhost"],
        ["Sec-Fetch-Site": "cross-site"], ["Sec-Fetch-Site": "Cross-Site"],
        ["Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"],
        ["Origin": "https://other.example", "Sec-Fetch-Site": "same-site"],
    ]

    @Test(
        "foreign pages are refused, and nothing is done",
        arguments: [["http://page.example"], ["none"]],
        foreign)
    func foreignOrigins(origins: [String], headers: [String: String]) async throws {
        let service = service(origins: origins)
        _ = try await service.addJob()

        let answer = try await service.post("delete_jobs", nil, headers: headers)

        #expect(answer.isError(403, "Unauthorized", "FOREIGN_ORIGIN"))
        #expect(answer.string("message")?.contains("cors_origins") == true)
        #expect(!answer.headers.contains { $0.name.canonicalName.hasPrefix("access-control") })
        #expect(try await service.countJobs() == 1)
        // The audit log has the refusal to remove jobs.
        #expect(service.log.lines.contains { $0.metadata["outcome"] == "refused" })
    }

    @Test(
        "pages of the service itself and clients other than browsers may call",
        arguments: [
            [:], ["Origin": "http://localhost"], ["Origin": "https://LOCALHOST:443"],
            ["Origin": "http://localhost:80", "Sec-Fetch-Site": "same-origin"],
            // As behind a proxy that sends the service another host than the browser has asked.
            ["Origin": "https://other.example", "Sec-Fetch-Site": "same-origin"],
            ["Sec-Fetch-Site": "none"], ["Sec-Fetch-Site": "same-origin"],
        ])
    func ownOrigin(headers: [String: String]) async throws {
        let answer = try await service(origins: ["none"]).post("delete_jobs", nil, headers: headers)

        #expect(answer.status == 204)
    }

    @Test("a page served over http has another origin than a service over https")
    func downgraded() {
        let cors = CORS(origins: ["none"], headers: [], isSecure: true)
        let request = { (origin: String) in
            HTTPRequest(
                method: .post, scheme: "https", authority: "jobs.example:443", path: "/",
                headerFields: [.origin: origin])
        }

        #expect(cors.permits(request("https://jobs.example")))
        #expect(!cors.permits(request("http://jobs.example")))
        #expect(!cors.permits(request("http://jobs.example:443")))
    }

    /// A request of a page that has the origin of the service.
    private func page(_ authority: String) -> HTTPRequest {
        HTTPRequest(
            method: .post, scheme: "http", authority: authority, path: "/",
            headerFields: [.origin: "http://\(authority)"])
    }

    @Test("a page whose name leads to this machine is foreign where no keys are needed")
    func rebinding() {
        let local = CORS(origins: ["none"], headers: [], exposure: .machine)
        let listed = CORS(origins: ["http://jobs.example"], headers: [], exposure: .machine)
        let other = CORS(origins: ["none"], headers: [])

        for authority in [
            "jobs.example", "jobs.example:8080", "localhost.example", "127.0.0.1.example",
        ] {
            #expect(!local.permits(page(authority)))
            #expect(other.permits(page(authority)))
        }
        for authority in [
            "localhost:8080", "a.localhost", "LOCALHOST", "127.0.0.1:8080", "[::1]:8080",
        ] {
            #expect(local.permits(page(authority)))
        }
        #expect(listed.permits(page("jobs.example")))
        // Other clients than browsers say no origin.
        #expect(
            local.permits(HTTPRequest(method: .post, scheme: "http", authority: "a", path: "/")))
    }

    @Test("where no keys are needed, a page with a name that a stranger can own changes nothing")
    func reboundInNetwork() {
        let open = CORS(origins: ["none"], headers: [], exposure: .network)
        let listed = CORS(origins: ["http://jobs.example"], headers: [], exposure: .network)

        for authority in ["jobs.example", "jobs.example:8080", "10.0.0.7.example"] {
            #expect(!open.permits(page(authority)))
            #expect(open.permits(page(authority), isChange: false))
        }
        for authority in [
            "jobs", "jobs:8080", "jobs.internal:8080", "jobs.local.", "jobs.default.svc",
            "10.0.0.7:8080", "[::1]:80",
        ] {
            #expect(open.permits(page(authority)))
        }
        #expect(listed.permits(page("jobs.example")))
    }

    @Test("a page whose name leads to this machine reads nothing either")
    func reboundReads() async throws {
        let service = TestService(
            options: EndpointOptions(host: "127.0.0.1", port: 0, corsOrigins: ["none"]))
        let page = ["Origin": "http://jobs.example", "Host": "jobs.example"]

        let rebound = try await service.post("get_jobs", "{}", headers: page)
        let local = try await service.post(
            "get_jobs", "{}", headers: ["Origin": "http://localhost:1", "Host": "localhost:1"])

        #expect(rebound.isError(403, "Unauthorized", "FOREIGN_ORIGIN"))
        #expect(local.status == 200)
    }

    @Test("every page may read the system routes", arguments: ["/heartbeat", "/status"])
    func reads(path: String) async throws {
        let answer = try await service(origins: ["none"]).send(
            .get, path, ["Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"])

        #expect(answer.status == 200)
        #expect(answer.header("Access-Control-Allow-Origin") == nil)
    }

    @Test("a page may read error answers too")
    func errors() async throws {
        let answer = try await service().post("none", "{}", headers: ["Origin": "http://a"])

        #expect(answer.status == 404)
        #expect(answer.header("Access-Control-Allow-Origin") == "http://a")
    }

    @Test("the answer to a preflight request lists what a page may send")
    func preflightAllowed() async throws {
        let service = service(headers: ["X-Token", "Content-Type"])

        let answer = try await service.send(.options, "/v1/jobs/delete_jobs", preflight)

        #expect(answer.status == 204)
        #expect(answer.body == nil)
        #expect(answer.header("Access-Control-Allow-Origin") == "http://page.example")
        #expect(names(answer.header("Access-Control-Allow-Methods")) == ["post", "options"])
        #expect(
            names(answer.header("Access-Control-Allow-Headers")) == [
                "correlation_id", "trace_id", "content-type", "x-token",
            ])
        #expect(answer.header("Access-Control-Max-Age") == "5")
        #expect(answer.header("Access-Control-Allow-Credentials") == "true")
        #expect(answer.header("Vary")?.lowercased() == "origin")
    }

    @Test("configured headers may be read, beside the correlation id")
    func exposed() async throws {
        let answer = try await service(headers: ["X-Token"]).post(
            "get_jobs", "{}", headers: ["Origin": "http://a"])

        let exposed = names(answer.header("Access-Control-Expose-Headers"))
        #expect(exposed.isSuperset(of: ["correlation_id", "x-token"]))
    }

    @Test("the refusal of a page has a reason", arguments: [["http://a"], ["none"]])
    func preflightRefused(origins: [String]) async throws {
        let answer = try await service(origins: origins).send(
            .options, "/v1/jobs/delete_jobs", preflight)

        #expect(answer.isError(403, "Unauthorized", "FOREIGN_ORIGIN"))
        #expect(!answer.headers.contains { $0.name.canonicalName.hasPrefix("access-control") })
    }

    @Test("a preflight request runs nothing")
    func preflightRunsNothing() async throws {
        let service = service()
        _ = try await service.addJob()

        _ = try await service.send(.options, "/v1/jobs/delete_jobs", preflight)

        #expect(try await service.countJobs() == 1)
    }

    @Test("system routes answer pages as well")
    func systemRoutes() async throws {
        let answer = try await service().send(.options, "/heartbeat", preflight)

        #expect(answer.status == 204)
        #expect(names(answer.header("Access-Control-Allow-Methods")) == ["get", "options"])
    }
}
