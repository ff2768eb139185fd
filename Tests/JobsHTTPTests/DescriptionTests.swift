import Foundation
import HTTPTestSupport
import HTTPTypes
import HummingbirdCore
import Jobs
import JobsAPI
import JobsEngine
import JobsMemory
import NIOCore
import Testing
import Yams

@testable import HTTPEdge
@testable import JobsHTTP

@Suite("The description of the API")
struct DescriptionTests {
    private let info = APIInfo(title: "<jobs>", description: "a & b")

    private func get(_ path: String, _ routes: [Routes]? = nil) async throws -> TestAnswer {
        let controller = JobsController(persistence: MemoryJobsPersistence())
        let logger = LogRecorder().logger
        let routes =
            routes ?? [
                .jobs(controller, logger: logger), .events(controller, logger: logger),
                .heartbeat(), .status(.sample),
            ]
        let description = try Routes.description(
            of: routes, info: info, yamlRoutes: ["v1/jobs/swagger"])
        let responder = EndpointResponder(
            options: EndpointOptions(port: 0), routes: routes + [description])
        let head = HTTPRequest(method: .get, scheme: nil, authority: nil, path: path)
        return TestAnswer(
            try await responder.respond(to: Request(head: head, body: .init(buffer: .init()))))
    }

    private func document() async throws -> [String: Any] { try await get("/openapi.json").object }

    /// The member at a path of keys.
    private func find(_ keys: String..., in document: [String: Any]) -> [String: Any]? {
        keys.reduce(document) { ($0 as [String: Any]?)?[$1] as? [String: Any] }
    }

    /// A schema in the place of a reference to it, which may be one that allows null as well.
    private func resolved(_ schema: [String: Any], in document: [String: Any]) throws -> [String:
        Any]
    {
        let choices = schema["anyOf"] as? [[String: Any]]
        let reference = try #require((choices?.first ?? schema)["$ref"] as? String)
        let name = try #require(reference.split(separator: "/").last)
        return try #require(find("components", "schemas", String(name), in: document))
    }

    @Test("it is OpenAPI 3.1 in JSON")
    func json() async throws {
        let answer = try await get("/openapi.json")

        #expect(answer.status == 200)
        #expect(answer.header("Content-Type") == "application/json")
        #expect(answer.string("openapi") == "3.1.0")
        #expect(find("info", in: answer.object)?["title"] as? String == "<jobs>")
    }

    @Test("at the route of the original services it is the same in YAML")
    func yaml() async throws {
        let answer = try await get("/v1/jobs/swagger")

        #expect(answer.header("Content-Type") == "application/x-yaml")
        let yaml = try #require(try Yams.load(yaml: answer.text) as? [String: Any])
        #expect(try await NSDictionary(dictionary: yaml).isEqual(to: document()))
    }

    @Test("it has every command, with its arguments and no others", arguments: Command.all)
    func command(command: Command) async throws {
        let operation = try #require(
            find("paths", "/v1/jobs/\(command.name)", "post", in: try await document()))

        #expect(operation["operationId"] as? String == command.name)
        #expect(operation["summary"] as? String == command.summary)
        let body = find("requestBody", "content", "application/json", "schema", in: operation)
        let schema = try resolved(#require(body), in: await document())
        let properties = try #require(schema["properties"] as? [String: Any])
        #expect(Set(properties.keys) == Set(command.arguments.map(\.name)))
        #expect(
            schema["required"] as? [String] ?? []
                == command.arguments.filter(\.isRequired).map(\.name))
        let statuses = find("responses", in: operation)?.keys.map(\.self) ?? []
        #expect(statuses.contains("200") || statuses.contains("204"))
        #expect(Set(statuses).isSuperset(of: ["400", "413", "503"]))
        #expect(statuses.contains("409") == properties.keys.contains("lock_token"))
    }

    @Test("bodies and their parts have names that a person would choose")
    func names() async throws {
        let schemas = try #require(find("components", "schemas", in: try await document()))

        let names = [
            "AddJobRequest", "NewJob", "RetryPolicy", "Backoff", "GetJobsRequest", "JobFilter",
            "Paging", "JobState", "CompleteJobsItem", "AttemptError", "Attempt", "ErrorGroup",
            "ScheduledJob", "ReplayFilter", "AddJobsAnswer", "StartRate",
        ]
        #expect(Set(names).subtracting(schemas.keys) == [])
        #expect(schemas.keys.filter { $0.hasSuffix("2") } == [])
        #expect(
            find("NewJob", "properties", "retry", in: schemas)?["anyOf"] as? [[String: String]]
                == [["$ref": "#/components/schemas/RetryPolicy"], ["type": "null"]])
    }

    @Test("no part of a body is an object or a choice without a name")
    func anonymous() async throws {
        func parts(of value: Any, isComponent: Bool) -> [String] {
            if let values = value as? [Any] {
                return values.flatMap { parts(of: $0, isComponent: false) }
            }
            guard let schema = value as? [String: Any] else { return [] }
            let isNamed = isComponent || (schema["properties"] == nil && schema["enum"] == nil)
            return (isNamed ? [] : ["\(schema)"])
                + schema.filter { !["example", "examples", "not", "required"].contains($0.key) }
                .flatMap { key, value in
                    key == "properties" || key == "allOf"
                        ? ((value as? [String: Any])?.values.map(\.self) ?? []).flatMap {
                            parts(of: $0, isComponent: false)
                        } : parts(of: value, isComponent: false)
                }
        }
        let document = try await document()
        let schemas = try #require(find("components", "schemas", in: document))

        let found =
            schemas.values.flatMap { parts(of: $0, isComponent: true) }
            + parts(of: document["paths"] ?? [:], isComponent: false)

        #expect(found == [])
    }

    @Test("examples are valid for their commands", arguments: Command.all)
    func examples(command: Command) async throws {
        let service = TestService()

        let answer = try await service.post(
            command.name, String(buffer: command.arguments.example.json))

        #expect(answer.status == 200 || answer.status == 204, "\(answer.text)")
    }

    @Test("every schema that is referred to exists")
    func references() async throws {
        let text = try await get("/openapi.json").text
        let schemas = try #require(find("components", "schemas", in: try await document()))

        let names = text.matches(of: /"#\/components\/schemas\/(\w+)"/).map { String($0.1) }

        #expect(Set(names) == Set(schemas.keys))
    }

    @Test("jobs and errors have the fields that the service writes")
    func fields() async throws {
        let schemas = try #require(find("components", "schemas", in: try await document()))
        let service = TestService()
        let added = try await service.addJob(#""delay":1,"priority":2"#)
        let job = try await service.post(
            "get_job_by_id", #"{"job_id":"\#(added.id)","details":true}"#)
        let plain = try await service.addJob()
        let failure = try await service.post("get_job_by_id")

        let fields = Job.fields.filter { $0.audience != .store }.map(\.name)
        #expect(
            Set(find("Job", "properties", in: schemas)?.keys.map(\.self) ?? [])
                == Set(fields + ["state"]))
        #expect(Set(fields + ["state"]).isSuperset(of: job.object.keys))
        #expect(find("Job", in: schemas)?["required"] as? [String] != nil)
        #expect(
            Set(find("Job", in: schemas)?["required"] as? [String] ?? [])
                == Set(plain.object.keys))
        #expect(
            Set(find("Error", "properties", in: schemas)?.keys.map(\.self) ?? [])
                == Set(failure.object.keys))
    }

    @Test("if routes share a path, the served one is described")
    func samePath() async throws {
        let routes: [Routes] = [.heartbeat(route: "x"), .status(route: "x", .sample)]

        let document = try await get("/openapi.json", routes).object

        #expect(find("paths", "/x", "get", in: document)?["operationId"] as? String == "heartbeat")
    }

    @Test("the page shows every command, and neither runs nor fetches anything")
    func page() async throws {
        let answer = try await get("/docs")

        #expect(answer.header("Content-Type") == "text/html; charset=utf-8")
        #expect(answer.header("Content-Security-Policy")?.hasPrefix("default-src 'none'") == true)
        for command in Command.all { #expect(answer.text.contains("/v1/jobs/\(command.name)<")) }
        #expect(answer.text.contains("GET</a> /heartbeat"))
        for part in [
            "<a href=\"#add_job\">add_job</a>", "<section id=\"Job\">", "<section id=\"Error\">",
            "prefers-color-scheme: dark", "max-width: 600px", "curl $JOBS_URL/v1/jobs/complete_job",
            "<code>attempts[].error.type</code>",
        ] {
            #expect(answer.text.contains(part), "\(part)")
        }
        let example = answer.text.components(separatedBy: "/v1/jobs/complete_job -d").last ?? ""
        #expect(example.prefix(200).contains("lock_token"))
        #expect(answer.text.contains("<h1>&lt;jobs&gt;</h1>\n<p>a &amp; b</p>"))
        for word in ["<script", "src=", "http:", "https:", "url(", "@import"] {
            #expect(!answer.text.contains(word))
        }
    }
}
