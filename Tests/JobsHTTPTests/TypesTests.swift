import HTTPTestSupport
import Jobs
import JobsAPI
import JobsTestSupport
import Testing

@testable import JobsHTTP

@Suite("Types of jobs")
struct TypesTests {
    private let service = TestService()

    private func rows(_ arguments: String = "{}") async throws -> [[String: Any]] {
        let answer = try await service.post("get_types", arguments)
        try #require(answer.status == 200, "\(answer.text)")
        return answer.jobs
    }

    private func names(_ arguments: String) async throws -> [String] {
        try await rows(arguments).compactMap { $0["type"] as? String }
    }

    @Test("a type has its numbers, its workers and its last claim")
    func row() async throws {
        let first = try await service.addJob(type: "mail").id
        _ = try await service.addJob(type: "mail")
        _ = try await service.post(
            "start_job_by_type", #"{"type":"mail","timeout":1000,"worker":"w1"}"#)
        service.clock.advance(by: 500)

        let answer = try await service.post("get_types")

        let claim = service.clock.text(in: -500)
        // The time of the last claim is that of this process, so only the workers' is exact.
        let row = try #require(answer.jobs.first)
        #expect(answer.jobs.count == 1 && Set(answer.object.keys) == ["data"])
        #expect(
            Set(row.keys) == [
                "type", "counts", "oldest_ready", "workers", "waiting", "last_claim",
            ])
        let counts = row["counts"] as? [String: Int]
        #expect(
            counts == [
                "ready": 1, "delayed": 0, "running": 1, "exhausted": 0, "expired": 0,
                "completed": 0, "failed": 0, "cancelled": 0,
            ])
        #expect(row["oldest_ready"] as? Int == 500)
        #expect(row["waiting"] as? Int == 0)
        let workers = try #require(row["workers"] as? [[String: Any]])
        #expect(workers.count == 1 && workers[0]["worker"] as? String == "w1")
        #expect(workers[0]["running"] as? Int == 1)
        #expect((workers[0]["last_claim"] as? String).map { $0 >= claim } == true)
        _ = first
    }

    @Test("types are listed in pages, in both orders")
    func paging() async throws {
        for type in ["b", "a", "c", "B"] { _ = try await service.addJob(type: type) }

        #expect(try await names("{}") == ["B", "a", "b", "c"])
        #expect(try await names(#"{"type":"b"}"#) == ["b"])
        #expect(try await names(#"{"type":"x"}"#).isEmpty)
        #expect(try await names(#"{"paging":{"skip":1,"take":2}}"#) == ["a", "b"])
        #expect(try await names(#"{"paging":{"after":"a"}}"#) == ["b", "c"])
        #expect(
            try await names(#"{"paging":{"order":"desc","after":"b","take":1}}"#) == ["a"])
        let total = try await service.post("get_types", #"{"paging":{"total":true,"take":1}}"#)
        #expect(total.integer("total") == 4 && total.jobs.count == 1)
        let wrong = try await service.post("get_types", #"{"paging":{"order":"up"}}"#)
        #expect(wrong.isError(400, "BadRequest", "INVALID_DATA"))
    }

    @Test("a type is paused and resumed, and tells so")
    func pausing() async throws {
        let id = try await service.addJob(type: "mail").id
        let until = service.clock.text(in: 60_000)

        let paused = try await service.post(
            "pause_type", #"{"type":"mail","reason":"rest","until":"\#(until)"}"#)
        let claimed = try await service.start(type: "mail")
        let explained = try await service.post("explain_job", id: id)
        let resumed = try await service.post("resume_type", #"{"type":"mail"}"#)

        #expect(paused.status == 200 && paused.string("type") == "mail")
        let pause = try #require(paused.object["paused"] as? [String: String])
        #expect(
            pause == ["reason": "rest", "since": service.clock.text(), "until": until])
        #expect(claimed.status == 204)
        #expect(explained.string("code") == "PAUSED" && explained.string("until") == until)
        #expect(explained.string("message")?.contains("rest") == true)
        #expect(resumed.status == 200 && resumed.object["paused"] == nil)
        #expect(try await service.start(type: "mail").id == id)
    }

    @Test("all types are paused together")
    func pausingAll() async throws {
        _ = try await service.addJob(type: "mail")

        let paused = try await service.post("pause_type", #"{"type":"*"}"#)
        let types = try await service.post("get_types")

        #expect(paused.string("type") == "*" && paused.object["paused"] != nil)
        #expect((types.object["paused"] as? [String: String])?["since"] != nil)
        #expect(try await names("{}") == ["*", "mail"])
        #expect(try await rows().last?["paused"] == nil)
        #expect(try await service.start(type: "mail").status == 204)
        _ = try await service.post("resume_type", #"{"type":"*"}"#)
        #expect(try await names("{}") == ["mail"])
        #expect(try await service.start(type: "mail").status == 200)
    }

    @Test("settings are merged; null takes one away")
    func setting() async throws {
        let first = try await service.post(
            "set_type",
            #"""
            {"type":"mail","max_running":5,"max_starts":{"count":10,"period":1000},
            "retry":{"backoff":"linear"},"retention":{"failed":1000}}
            """#)
        let second = try await service.post(
            "set_type", #"{"type":"mail","max_running":null,"max_running_per_group":1}"#)
        let third = try await service.post(
            "set_type",
            #"""
            {"type":"mail","max_running_per_group":null,"max_starts":null,"retry":null,
            "retention":null}
            """#)

        let limits = try #require(first.object["limits"] as? [String: Any])
        #expect(limits["max_running"] as? Int == 5)
        #expect(limits["max_starts"] as? [String: Int] == ["count": 10, "period": 1000])
        #expect(first.object["retry"] as? [String: String] == ["backoff": "linear"])
        #expect(first.object["retention"] as? [String: Int] == ["failed": 1000])
        let merged = try #require(second.object["limits"] as? [String: Any])
        #expect(Set(merged.keys) == ["max_running_per_group", "max_starts"])
        #expect(second.object["retry"] != nil)
        #expect(third.status == 200)
        for name in ["limits", "retry", "retention"] { #expect(third.object[name] == nil) }
        #expect(try await names("{}").isEmpty)
    }

    @Test(
        "a mistake in the settings is refused, with its name, and changes nothing",
        arguments: [
            ("set_type", #"{"type":"mail","max_running":0}"#, "max_running"),
            ("set_type", #"{"type":"mail","max_running":"5"}"#, "max_running"),
            ("set_type", #"{"type":"mail","max_running":2147483648}"#, "max_running"),
            ("set_type", #"{"type":"mail","max_running_per_group":-1}"#, "max_running_per_group"),
            ("set_type", #"{"type":"mail","max_starts":5}"#, "max_starts"),
            ("set_type", #"{"type":"mail","max_starts":{"count":5}}"#, "max_starts.period"),
            (
                "set_type", #"{"type":"mail","max_starts":{"count":10001,"period":1}}"#,
                "max_starts.count"
            ),
            ("set_type", #"{"type":"mail","retry":{"jitter":2}}"#, "retry.jitter"),
            ("set_type", #"{"type":"mail","retention":{"failed":"x"}}"#, "retention.failed"),
            ("set_type", #"{"type":"*","max_running":5}"#, "type"),
            ("set_type", #"{"max_running":5}"#, "type"),
            ("pause_type", "{}", "type"),
            ("pause_type", #"{"type":"mail","until":"soon"}"#, "until"),
            ("pause_type", #"{"type":"mail","until":"2020-01-01T00:00:00Z"}"#, "until"),
            ("pause_type", #"{"type":"mail","reason":7}"#, "reason"),
            ("resume_type", #"{"type":null}"#, "type"),
            ("explain_job", "{}", "job_id"),
        ])
    func mistakes(operation: String, arguments: String, name: String) async throws {
        let answer = try await service.post(operation, arguments)

        #expect(answer.status == 400, "\(answer.text)")
        #expect(answer.string("message")?.contains(name) == true, "\(answer.text)")
        #expect(try await names("{}").isEmpty)
    }

    @Test("a reason that is too long is refused")
    func longReason() async throws {
        let reason = String(repeating: "a", count: 1001)
        let answer = try await service.post(
            "pause_type", #"{"type":"mail","reason":"\#(reason)"}"#)
        #expect(answer.isError(400, "BadRequest", "INVALID_DATA"))
    }

    @Test("a job is explained, for people and for programs")
    func explanation() async throws {
        let id = try await service.addJob(type: "mail", #""params":{"a":1.50}"#).id

        let answer = try await service.post("explain_job", id: id)
        let unknown = try await service.post("explain_job", id: "unknown")

        #expect(answer.status == 200)
        #expect(
            Set(answer.object.keys) == ["job", "state", "code", "message", "details"])
        #expect(answer.string("state") == "ready" && answer.string("code") == "NO_WORKERS")
        let job = try #require(answer.object["job"] as? [String: Any])
        #expect(job["id"] as? String == id && job.count == 10)
        #expect(answer.text.contains(#""params":{"a":1.50}"#))
        #expect(unknown.status == 204)
    }

    @Test("the job of an explanation has neither a token nor attempts")
    func hidden() async throws {
        let id = try await service.addJob(type: "mail").id
        for _ in 0..<2 { _ = try await service.start(id, timeout: 0) }

        let answer = try await service.post("explain_job", id: id)

        #expect(answer.string("code") == "LAPSED")
        #expect(!answer.text.contains("lock_token") && !answer.text.contains("attempts"))
    }

    @Test("a service whose store is away says so")
    func away() async throws {
        let service = TestService(
            persistence: FailingPersistence(error: JobsError.unavailable(reason: "away")))
        for (operation, arguments) in [
            ("get_types", "{}"), ("explain_job", #"{"job_id":"x"}"#),
            ("pause_type", #"{"type":"a"}"#), ("resume_type", #"{"type":"a"}"#),
            ("set_type", #"{"type":"a","max_running":1}"#),
        ] {
            #expect(try await service.post(operation, arguments).status == 503, "\(operation)")
        }
    }
}

@Suite("Types and callers that are limited to some")
struct LimitedTypesTests {
    private let service = TestService(
        access: Access([
            APIKeyAuthenticator([
                Access.key("all", scopes: [.admin]),
                Access.key("reader", scopes: [.read]),
                Access.key("limited", scopes: [.read, .operate], types: ["a", "*"]),
            ])
        ]))

    private func post(_ operation: String, _ body: String = "{}", as key: String = "limited")
        async throws -> TestAnswer
    {
        try await service.post(operation, body, headers: bearer(key))
    }

    private func add(type: String) async throws -> String {
        try await post(
            "add_job", #"{"new_job":{"type":"\#(type)","ref_id":"r","ttl":0}}"#, as: "all"
        ).id
    }

    @Test("they see their types only")
    func seen() async throws {
        let ids = [try await add(type: "a"), try await add(type: "b")]
        _ = try await post("pause_type", #"{"type":"*","reason":"all"}"#, as: "all")

        let types = try await post("get_types", #"{"paging":{"total":true}}"#)

        #expect(types.jobs.compactMap { $0["type"] as? String } == ["*", "a"])
        #expect(types.integer("total") == 2)
        #expect(types.object["paused"] != nil)
        #expect(try await post("get_types", #"{"type":"a"}"#).jobs.count == 1)
        let foreign = try await post("get_types", #"{"type":"b"}"#)
        #expect(foreign.isError(403, "Unauthorized", "NOT_AUTHORIZED"))
        #expect(try await post("explain_job", #"{"job_id":"\#(ids[0])"}"#).status == 200)
        #expect(try await post("explain_job", #"{"job_id":"\#(ids[1])"}"#).status == 204)
    }

    @Test("they change their types only, and never all")
    func changed() async throws {
        for operation in ["pause_type", "resume_type", "set_type"] {
            #expect(try await post(operation, #"{"type":"a"}"#).status == 200)
            for type in ["b", "*"] {
                let answer = try await post(operation, #"{"type":"\#(type)"}"#)
                #expect(answer.isError(403, "Unauthorized", "NOT_AUTHORIZED"), "\(operation)")
            }
            let reader = try await post(operation, #"{"type":"a"}"#, as: "reader")
            #expect(reader.status == 403)
        }
        #expect(try await post("get_types", as: "reader").status == 200)
    }

    @Test("changes of types are in the audit log")
    func audit() async throws {
        _ = try await post("pause_type", #"{"type":"a","reason":"rest"}"#)
        _ = try await post("set_type", #"{"type":"a","max_running":5,"retry":null}"#)

        let lines = service.log.lines.filter { $0.message.hasPrefix("Audit: ") }
        #expect(
            lines.map(\.metadata) == [
                [
                    "command": "pause_type", "principal": "limited", "outcome": "done",
                    "type": "a", "reason": "rest",
                ],
                [
                    "command": "set_type", "principal": "limited", "outcome": "done", "type": "a",
                    "max_running": "5", "retry": "null",
                ],
            ])
    }
}
