import Foundation
import Jobs
import JobsAPI
import JobsTestSupport
import Testing

@testable import JobsHTTP

@Suite("Replayed jobs")
struct ReplayingTests {
    private let service = TestService(maxRetries: 3)

    /// Adds a job that has failed with an error of this type.
    private func failedJob(type: String = "t1", refID: String = "r1", error: String = "E")
        async throws -> String
    {
        let id = try await service.addJob(type: type, refID: refID).id
        _ = try await service.start(id)
        let failed = try await service.post(
            "fail_job", #"{"job_id":"\#(id)","retry":false,"error":{"type":"\#(error)"}}"#)
        #expect(failed.object["failed"] != nil)
        return id
    }

    private func replay(_ arguments: String) async throws -> TestAnswer {
        try await service.post("replay_jobs", arguments)
    }

    private func ids(_ answer: TestAnswer) -> [String]? { answer.object["data"] as? [String] }

    private func state(_ id: String) async throws -> String? {
        try await service.post("get_job_by_id", #"{"job_id":"\#(id)","details":true}"#)
            .string("state")
    }

    @Test("jobs are replayed by id, the oldest first, and others are passed over")
    func byID() async throws {
        let first = try await failedJob()
        let ready = try await service.addJob().id
        let second = try await failedJob()
        let third = try await failedJob()

        let answer = try await replay(
            #"{"job_ids":["\#(second)","none","\#(ready)","\#(first)","\#(second)"]}"#)

        #expect(answer.status == 200)
        #expect(answer.text == #"{"count":2,"data":["\#(first)","\#(second)"],"skipped":0}"#)
        #expect(try await state(first) == "ready")
        #expect(try await state(third) == "failed")
        let job = try await service.get(first)
        #expect(job.object["failed"] == nil)
        #expect(job.integer("max_retries") == 4)
        #expect(job.object["error"] != nil)
    }

    @Test("jobs are replayed by filter, and with ids both have to match")
    func byFilter() async throws {
        let mail = try await failedJob(type: "mail", error: "Timeout")
        let other = try await failedJob(type: "mail", error: "Refused")
        let print = try await failedJob(type: "print", error: "Timeout")
        let cancelled = try await service.addJob(type: "mail").id
        _ = try await service.post("cancel_job", id: cancelled)

        let both = try await replay(
            #"{"filter":{"error_type":"Timeout"},"job_ids":["\#(mail)","\#(other)"],"dry_run":true}"#
        )
        let failed = try await replay(#"{"filter":{"type":"mail","state":"failed"}}"#)
        let rest = try await replay(#"{"filter":{"created_from":"2020-01-01T00:00:00Z"}}"#)
        let none = try await replay(#"{"filter":{"state":"ready"}}"#)

        #expect(ids(both) == [mail])
        #expect(ids(failed) == [mail, other])
        #expect(ids(rest) == [print, cancelled])
        #expect(none.text == #"{"count":0,"data":[],"skipped":0}"#)
        #expect(try await state(cancelled) == "ready")
    }

    @Test("a dry run changes nothing, and max_jobs bounds the number")
    func bounds() async throws {
        var failed: [String] = []
        for _ in 0..<3 { failed.append(try await failedJob()) }

        let dry = try await replay(#"{"filter":{"state":"failed"},"dry_run":true,"max_jobs":2}"#)
        #expect(ids(dry) == Array(failed[..<2]))
        #expect(try await state(failed[0]) == "failed")
        let two = try await replay(#"{"filter":{"state":"failed"},"max_jobs":2}"#)
        #expect(ids(two) == Array(failed[..<2]))
        let last = try await replay(#"{"filter":{"state":"failed"},"max_jobs":2}"#)
        #expect(ids(last) == [failed[2]])
    }

    @Test("a delay and a new deadline apply to the replayed jobs")
    func delayAndDeadline() async throws {
        let expired = try await service.addJob(ttl: 1000).id
        service.clock.advance(by: 1000)

        let without = try await replay(#"{"job_ids":["\#(expired)"]}"#)
        let with = try await replay(#"{"job_ids":["\#(expired)"],"ttl":9000,"delay":2000}"#)

        #expect(ids(without) == [])
        #expect(ids(with) == [expired])
        let job = try await service.get(expired)
        #expect(job.string("execute_until") == service.clock.text(in: 9000))
        #expect(job.string("delayed_until") == service.clock.text(in: 2000))
    }

    @Test("a unique job whose key is taken is skipped")
    func skipped() async throws {
        let new = #"{"new_job":{"type":"t","ref_id":"r","ttl":0}}"#
        let first = try await service.post("add_uniq_job", new).id
        _ = try await service.post("cancel_job", id: first)
        _ = try await service.post("add_uniq_job", new)

        let answer = try await replay(#"{"job_ids":["\#(first)"]}"#)

        #expect(answer.text == #"{"count":0,"data":[],"skipped":1}"#)
        #expect(try await state(first) == "cancelled")
    }

    @Test("old tokens are no longer valid")
    func tokens() async throws {
        let id = try await service.addJob().id
        let token = try await service.start(id).string("lock_token") ?? ""
        let lease = #"{"job_id":"\#(id)","lock_token":"\#(token)""#
        _ = try await service.post("fail_job", lease + #","retry":false}"#)
        _ = try await replay(#"{"job_ids":["\#(id)"]}"#)

        let answer = try await service.post("complete_job", lease + "}")

        #expect(answer.isError(409, "Conflict", "LOCK_LOST"))
    }

    @Test(
        "a selection that is missing or not understood is refused",
        arguments: [
            ("{}", "job_ids"), (#"{"job_ids":null,"filter":null}"#, "job_ids"),
            (#"{"dry_run":true}"#, "job_ids"), (#"{"filter":{}}"#, "filter"),
            (#"{"filter":{"type":null}}"#, "filter"),
            (#"{"job_ids":["1"],"filter":{}}"#, "filter"),
            (#"{"filter":{"state":"failed","typ":"mail"}}"#, "filter.typ"),
            (#"{"filter":{"type":"a","type":"b"}}"#, "filter.type"),
            (#"{"filter":{"state":"faild"}}"#, "filter.state"),
            (#"{"filter":{"state":5}}"#, "filter.state"),
            (#"{"filter":{"type":""}}"#, "filter.type"), (#"{"filter":{"type":5}}"#, "filter.type"),
            (#"{"filter":{"retries":"many"}}"#, "filter.retries"),
            (#"{"filter":{"created_from":"yesterday"}}"#, "filter.created_from"),
            (#"{"filter":{"created_to":1795485904107}}"#, "filter.created_to"),
            (#"{"job_ids":["1",2]}"#, "job_ids.1"),
            (#"{"job_ids":["1"],"max_jobs":0}"#, "max_jobs"),
            (#"{"job_ids":["1"],"max_jobs":1001}"#, "max_jobs"),
        ])
    func refused(arguments: String, path: String) async throws {
        let id = try await failedJob()

        let answer = try await replay(arguments)

        #expect(answer.isError(400, "BadRequest", "INVALID_DATA"))
        #expect(answer.violations.map { $0["path"] as? String }.contains(path), "\(answer.text)")
        #expect(try await state(id) == "failed")
    }

    @Test("unknown keys of the filter are refused also behind many unknown arguments")
    func manyUnknown() async throws {
        let many = (0..<30).map { #""a\#($0)":1,"# }.joined()
        let good = #""filter":{"state":"failed"}}"#

        let answer = try await replay("{\(many)" + #""filter":{"state":"failed","typ":"x"}}"#)

        #expect(answer.isError(400, "BadRequest", "INVALID_DATA"))
        #expect(try await replay("{\(many.prefix(28))" + good).status == 200)
    }

    @Test("ids have a limit of number, and too long ones are unknown")
    func manyIDs() async throws {
        let id = try await failedJob()
        let list = { (count: Int) in
            ([id] + (1..<count).map { "\($0)" }).map { "\"\($0)\"" }.joined(separator: ",")
        }
        let long = String(repeating: "x", count: 5000)

        #expect(try await replay(#"{"job_ids":[\#(list(1001))]}"#).status == 400)
        #expect(try await ids(replay(#"{"job_ids":[\#(list(999)),"\#(long)"]}"#)) == [id])
        #expect(try await ids(replay(#"{"job_ids":[]}"#)) == [])
    }

    @Test("a caller that is limited to types replays only jobs of these")
    func types() async throws {
        let key = Access.key("operator", scopes: [.operate], types: ["a"])
        let admin = Access.key("admin", scopes: [.admin])
        let service = TestService(access: Access([APIKeyAuthenticator([key, admin])]))
        var ids: [String] = []
        for type in ["a", "b"] {
            let added = try await service.post(
                "add_job", #"{"new_job":{"type":"\#(type)","ref_id":"r","ttl":0}}"#,
                headers: bearer("admin"))
            _ = try await service.post(
                "cancel_job", #"{"job_id":"\#(added.id)"}"#, headers: bearer("admin"))
            ids.append(added.id)
        }
        let replay = { (arguments: String) in
            try await service.post("replay_jobs", arguments, headers: bearer("operator"))
        }

        let foreign = try await replay(#"{"filter":{"type":"b"}}"#)
        let cancelled = try await service.post(
            "cancel_job", #"{"job_id":"\#(ids[1])"}"#, headers: bearer("operator"))
        let dry = try await replay(#"{"filter":{"state":"cancelled"},"dry_run":true}"#)
        let own = try await replay(#"{"job_ids":["\#(ids[0])","\#(ids[1])"]}"#)

        #expect(foreign.isError(403, "Unauthorized", "NOT_AUTHORIZED"))
        #expect(cancelled.status == 204)
        #expect(self.ids(dry) == [ids[0]])
        #expect(self.ids(own) == [ids[0]])
    }
}
