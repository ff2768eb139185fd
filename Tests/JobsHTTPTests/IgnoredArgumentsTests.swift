import HTTPTypes
import JobsAPI
import NIOCore
import Testing

@testable import JobsHTTP

@Suite("Arguments without effect are reported, or refused")
struct IgnoredArgumentsTests {
    private let service = TestService()
    private static let strict = ["Prefer": "handling=strict"]

    private struct Row: Sendable {
        let operation: String
        let body: String
        let ignored: String
    }

    private static let rows = [
        Row(operation: "get_jobs", body: #"{"type":"mail"}"#, ignored: "type"),
        Row(
            operation: "get_jobs", body: #"{"filter":{"typ":"a","stat":1},"paging":{"tak":1}}"#,
            ignored: "filter.typ, filter.stat, paging.tak"),
        Row(
            operation: "get_jobs", body: #"{"filter":{"created_from":"2999-02-30T00:00:00Z"}}"#,
            ignored: "filter.created_from"),
        Row(
            operation: "get_jobs",
            body: #"{"filter":{"retries":"many","min_retries":"","type":""}}"#,
            ignored: "filter.retries, filter.min_retries, filter.type"),
        Row(
            operation: "get_jobs", body: #"{"filter":{"type":"a","type":"b"}}"#,
            ignored: "filter.type"),
        Row(
            operation: "add_job",
            body: #"{"new_job":{"type":"t","ref_id":"r","ttl":0,"dealy":6,"params":{"x":1}}}"#,
            ignored: "new_job.dealy"),
        Row(
            operation: "add_job",
            body: #"{"new_job":{"type":"t","ref_id":"r","ttl":0,"retry":{"dealy":6}}}"#,
            ignored: "new_job.retry.dealy"),
        Row(
            operation: "add_jobs",
            body: #"{"new_jobs":[{"type":"t","ref_id":"r","ttl":0},{"type":"t","x":1}],"y":{}}"#,
            ignored: "new_jobs.1.x, y"),
        Row(
            operation: "start_job_by_type",
            body: #"{"type":"none","timeout":1,"wait_timout":5,"a,b\r\nä%\"":[]}"#,
            ignored: "wait_timout, a%2cb%0d%0a%c3%a4%25%22"),
        Row(
            operation: "start_job_by_id", body: #"{"job_id":"1","timeout":1,"":2}"#, ignored: "\"\""
        ),
        Row(
            operation: "complete_jobs", body: #"{"jobs":[{"job_id":"1","token":"x"}]}"#,
            ignored: "jobs.0.token"),
        Row(
            operation: "fail_job",
            body: #"{"job_id":"1","error":{"mesage":"x","details":{"y":1}},"retries":1}"#,
            ignored: "error.mesage, retries"),
        Row(
            operation: "fail_jobs", body: #"{"jobs":[{"job_id":"1","error":{"typ":"x"}}]}"#,
            ignored: "jobs.0.error.typ"),
        Row(
            operation: "replay_jobs", body: #"{"job_ids":["1"],"max_job":1}"#,
            ignored: "max_job"),
    ]

    @Test("a header names them and nothing else changes", arguments: rows.indices)
    func named(index: Int) async throws {
        let row = Self.rows[index]

        let answer = try await service.post(row.operation, row.body)

        #expect((200...204).contains(answer.status), "\(answer.text)")
        #expect(answer.header("X-Ignored-Arguments") == row.ignored)
        #expect(answer.header("Preference-Applied") == nil)
    }

    @Test(
        "strict handling refuses them, and nothing is done", arguments: rows.indices)
    func refused(index: Int) async throws {
        let row = Self.rows[index]

        let answer = try await service.post(row.operation, row.body, headers: Self.strict)

        #expect(answer.isError(400, "BadRequest", "INVALID_DATA"))
        #expect(answer.header("Preference-Applied") == "handling=strict")
        #expect(answer.header("X-Ignored-Arguments") == row.ignored)
        #expect(!answer.violations.isEmpty)
        #expect(try await service.countJobs() == 0)
    }

    @Test("known arguments pass strict handling", arguments: Command.all)
    func understood(command: Command) async throws {
        let example = String(buffer: command.arguments.example.json)
        let body = #"{"correlation_id":"c"\#(example == "{}" ? "" : ",")"# + example.dropFirst()

        let answer = try await service.post(command.name, body, headers: Self.strict)

        #expect((200...204).contains(answer.status), "\(answer.text)")
        #expect(answer.header("Preference-Applied") == "handling=strict")
        #expect(answer.header("X-Ignored-Arguments") == nil)
    }

    @Test("a violation is reported together with unknown arguments")
    func mistakes() async throws {
        let answer = try await service.post("add_job", #"{"new_job":{"typ":"t","ttl":0}}"#)

        #expect(answer.status == 400)
        #expect(answer.header("X-Ignored-Arguments") == "new_job.typ")
    }

    @Test(
        "the handling is read from the list of preferences",
        arguments: [
            ("handling=strict", true), ("Handling=Strict", true), ("handling = \"strict\"", true),
            ("respond-async, handling=strict; x=y, wait=5", true), ("handling=lenient", false),
            ("handling=lenient, handling=strict", false), ("handling", false), ("", false),
            ("handling=strictly", false), ("xhandling=strict", false), (",,;=,", false),
        ])
    func preferences(value: String, isStrict: Bool) async throws {
        let answer = try await service.post("get_jobs", #"{"x":1}"#, headers: ["Prefer": value])

        #expect(answer.status == (isStrict ? 400 : 200))
    }

    @Test("the header stays short for any request")
    func bounded() async throws {
        let name = String(repeating: "ü", count: 500)
        let many = (0..<1000).map { "\"\($0)\(name)\":0" }.joined(separator: ",")

        let answer = try await service.post("get_jobs", "{\(many)}")

        let header = try #require(answer.header("X-Ignored-Arguments"))
        #expect(header.utf8.count <= 1000)
        #expect(header.hasPrefix("0%c3%bc"))
        #expect(header.hasSuffix(", ..."))
    }

    @Test(
        "operations on all jobs refuse arguments",
        arguments: ["delete_jobs", "clean_jobs"],
        [#"{"filter":{"type":"mail"}}"#, #"{"type":"mail"}"#, #"{"max_retries":0}"#])
    func allJobs(operation: String, body: String) async throws {
        let id = try await service.addJob().id
        _ = try await service.post("complete_job", id: id)

        let answer = try await service.post(operation, body)

        #expect(answer.isError(400, "BadRequest", "INVALID_DATA"))
        #expect(answer.string("message")?.contains(operation) == true)
        #expect(try await service.countJobs() == 1)
    }

    @Test(
        "operations on all jobs accept empty arguments",
        arguments: ["delete_jobs", "clean_jobs"],
        [nil, "", "{}", "null", #"{"filter":null}"#, #"{"correlation_id":"7","trace_id":"8"}"#])
    func nothing(operation: String, body: String?) async throws {
        #expect(try await service.post(operation + "?correlation_id=1", body).status == 204)
    }
}
