import Foundation
import JobsAPI
import JobsTestSupport
import Testing

@testable import JobsHTTP

@Suite("Bulk operations over HTTP")
struct OperationTests {
    private let service = TestService()

    private func start(_ arguments: String, _ service: TestService? = nil, key: String? = nil)
        async throws -> TestAnswer
    {
        try await (service ?? self.service).post(
            "start_operation", arguments, headers: key.map(bearer) ?? [:])
    }

    private func ids(_ answer: TestAnswer) -> [String] {
        answer.jobs.compactMap { $0["id"] as? String }
    }

    @Test("an operation is started, read, listed and cancelled")
    func life() async throws {
        _ = try await service.addJob(type: "mail")

        let started = try await start(
            """
            {"action":"cancel","filter":{"type":"mail","created_to":"2099-01-01T00:00:00Z"},\
            "start_delay":10000,"reason":"wrong list"}
            """)

        #expect(started.status == 200, "\(started.text)")
        let id = try #require(started.string("id"))
        #expect(started.string("state") == "waiting" && started.string("action") == "cancel")
        #expect(started.integer("total") == 1 && started.integer("done") == 0)
        #expect(started.integer("start_delay") == 10_000 && started.object["begins"] != nil)
        #expect(started.string("reason") == "wrong list" && started.object["started_by"] == nil)
        let filter = try #require(started.object["filter"] as? [String: String])
        #expect(filter == ["type": "mail", "created_to": "2099-01-01T00:00:00.000Z"])
        for name in ["position", "batch", "step", "ended", "total_is_at_least", "dry_run"] {
            #expect(started.object[name] == nil, "\(name)")
        }
        let read = try await service.post("get_operation", #"{"operation_id":"\#(id)"}"#)
        #expect(read.text == started.text)
        #expect(try await service.post("get_operation", #"{"operation_id":"x"}"#).status == 204)
        #expect(ids(try await service.post("get_operations")) == [id])
        #expect(ids(try await service.post("get_operations", #"{"state":"done"}"#)).isEmpty)

        let cancelled = try await service.post("cancel_operation", #"{"operation_id":"\#(id)"}"#)

        #expect(cancelled.string("state") == "cancelled" && cancelled.object["ended"] != nil)
        #expect(try await service.post("cancel_operation", #"{"operation_id":"x"}"#).status == 204)
    }

    @Test("a dry run counts and is not kept")
    func dryRun() async throws {
        for _ in 0..<3 { _ = try await service.addJob(type: "mail") }
        let counted = try await start(
            #"{"action":"delete","filter":{"type":"mail"},"dry_run":true}"#)
        #expect(counted.integer("total") == 3 && counted.object["id"] == nil)
        #expect(counted.string("state") == "done" && counted.object["dry_run"] as? Bool == true)
        #expect(ids(try await service.post("get_operations")).isEmpty)
    }

    @Test("a time for jobs is taken, but not one that is to come")
    func before() async throws {
        let early = try await start(
            #"{"action":"cancel","filter":{"type":"t"},"before":"2001-02-03T04:05:06Z"}"#)
        let late = try await start(
            #"{"action":"cancel","filter":{"type":"t"},"before":"2999-02-03T04:05:06Z"}"#)
        #expect(early.string("before") == "2001-02-03T04:05:06.000Z")
        #expect(late.string("before") == late.string("created"))
    }

    @Test(
        "what cannot be used is refused by its name",
        arguments: [
            (#"{"filter":{"type":"t"}}"#, "action"), (#"{"action":"cancel"}"#, "filter"),
            (#"{"action":"explode","filter":{"type":"t"}}"#, "action"),
            (#"{"action":"cancel","filter":{}}"#, "filter"),
            (#"{"action":"cancel","filter":{"colour":"red"}}"#, "filter.colour"),
            (#"{"action":"cancel","filter":{"retries":"x"}}"#, "filter.retries"),
            (#"{"action":"cancel","filter":{"type":"t"},"before":"soon"}"#, "before"),
            (#"{"action":"cancel","filter":{"type":"t"},"start_delay":3600001}"#, "start_delay"),
            (#"{"action":"cancel","filter":{"type":"t"},"start_delay":-1}"#, "start_delay"),
            (#"{"action":"cancel","filter":{"type":"t"},"delay":5}"#, "delay"),
            (#"{"action":"delete","filter":{"type":"t"},"ttl":5}"#, "ttl"),
            (#"{"action":"cancel","filter":{"type":"t"},"dry_run":1}"#, "dry_run"),
        ])
    func refused(arguments: String, path: String) async throws {
        let answer = try await start(arguments)
        #expect(answer.status == 400 && answer.string("message")?.contains(path) == true)
        #expect(ids(try await service.post("get_operations")).isEmpty)
    }

    @Test("deleting needs the scope of administrators, and may be forbidden for all")
    func deletion() async throws {
        let service = TestService(access: .sample)
        let delete = #"{"action":"delete","filter":{"type":"a"}}"#
        let refused = try await start(delete, service, key: "jobs:operate")
        #expect(refused.isError(403, "Unauthorized", "NOT_AUTHORIZED"), "\(refused.text)")
        #expect(refused.string("message")?.contains("jobs:admin") == true)
        #expect(try await start(delete, service, key: "jobs:admin").status == 200)
        let cancel = #"{"action":"cancel","filter":{"type":"a"}}"#
        let cancelled = try await start(cancel, service, key: "jobs:operate")
        #expect(cancelled.string("started_by") == "jobs:operate")

        let open = TestService(allowsDeletingAll: false)
        #expect(try await start(delete, open).isError(403, "Unauthorized", "OPERATION_FORBIDDEN"))
        #expect(try await start(cancel, open).status == 200)
    }

    @Test("callers that are limited to types have to name one, and see only theirs")
    func limits() async throws {
        let service = TestService(access: .sample)
        let key = "limited admin"
        let other = try await start(
            #"{"action":"cancel","filter":{"type":"b"}}"#, service, key: "jobs:admin")
        let all = try await start(
            #"{"action":"cancel","filter":{"ref_id":"1"}}"#, service, key: "jobs:admin")
        for filter in [#"{"state":"failed"}"#, #"{"type":"b"}"#] {
            let answer = try await start(
                #"{"action":"cancel","filter":\#(filter)}"#, service, key: key)
            #expect(answer.status == 403, "\(answer.text)")
            #expect((answer.object["details"] as? [String: String])?["argument"] == "filter.type")
        }
        let own = try await start(
            #"{"action":"delete","filter":{"type":"a"}}"#, service, key: key)
        #expect(own.status == 200)

        func post(_ name: String, _ id: String?) async throws -> TestAnswer {
            try await service.post(
                name, #"{"operation_id":"\#(id ?? "")"}"#, headers: bearer(key))
        }
        let listed = try await service.post("get_operations", headers: bearer(key))
        #expect(ids(listed) == [own.string("id")])
        for id in [other.string("id"), all.string("id")] {
            #expect(try await post("get_operation", id).status == 204)
            #expect(try await post("cancel_operation", id).status == 204)
        }
        #expect(try await post("cancel_operation", own.string("id")).status == 200)
    }
}
