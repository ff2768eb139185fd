import HTTPTypes
import Testing

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

    @Test("configured origins may call, others get no permission", arguments: [true, false])
    func configuredOrigins(isAllowed: Bool) async throws {
        let service = service(origins: ["http://page.example", "https://other.example"])
        let origin = isAllowed ? "https://other.example" : "https://evil.example"

        let answer = try await service.post("get_jobs", "{}", headers: ["Origin": origin])

        #expect(answer.status == 200)
        #expect(answer.header("Access-Control-Allow-Origin") == (isAllowed ? origin : nil))
        #expect(answer.header("Vary")?.lowercased() == "origin")
    }

    @Test("a page may read error answers too")
    func errors() async throws {
        let answer = try await service().post("none", "{}", headers: ["Origin": "http://a"])

        #expect(answer.status == 404)
        #expect(answer.header("Access-Control-Allow-Origin") == "http://a")
    }

    @Test("a browser that asks first is told what it may send")
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

    @Test("a page that may not call is told nothing")
    func preflightRefused() async throws {
        let answer = try await service(origins: ["http://a"]).send(
            .options, "/v1/jobs/delete_jobs", preflight)

        #expect(answer.status == 204)
        #expect(!answer.headers.contains { $0.name.canonicalName.hasPrefix("access-control") })
    }

    @Test("asking first runs nothing")
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
