import Foundation
import HTTPTestSupport
import JobsAPI
import JobsTestSupport
import Logging
import Testing

@testable import JobsHTTP

@Suite("The audit that can be read")
struct ReadableAuditTests {
    private let service = TestService(access: .sample)

    @discardableResult
    private func post(_ name: String, _ arguments: String? = nil, key: String = "jobs:admin")
        async throws -> TestAnswer
    {
        try await service.post(name, arguments, headers: bearer(key))
    }

    private func entries(_ arguments: String = "{}", key: String = "jobs:read") async throws
        -> [[String: Any]]
    {
        let answer = try await post("get_audit", arguments, key: key)
        #expect(answer.status == 200, "\(answer.text)")
        return answer.jobs
    }

    private func commands(_ arguments: String = "{}", key: String = "jobs:read") async throws
        -> [String]
    {
        try await entries(arguments, key: key).compactMap { $0["command"] as? String }
    }

    private func add(_ type: String) async throws -> String {
        try await post(
            "add_job", #"{"new_job":{"type":"\#(type)","ref_id":"r","ttl":0}}"#,
            key: "jobs:produce"
        ).id
    }

    @Test("each change by operators and administrators has its entry, the newest first")
    func all() async throws {
        let (removed, cancelled) = (try await add("a"), try await add("a"))
        let newJob = #""new_job":{"type":"a","ref_id":"r","ttl":0}"#
        let calls: [(String, String)] = [
            ("delete_job_by_id", #"{"job_id":"\#(removed)"}"#),
            ("cancel_job", #"{"job_id":"\#(cancelled)"}"#),
            ("replay_jobs", #"{"filter":{"type":"a","state":"cancelled"}}"#),
            ("pause_type", #"{"type":"a","reason":"storm"}"#), ("resume_type", #"{"type":"a"}"#),
            ("set_type", #"{"type":"a","max_running":5}"#),
            ("set_schedule", #"{"id":"s","every":60000,\#(newJob)}"#),
            ("run_schedule", #"{"id":"s"}"#), ("delete_schedule", #"{"id":"s"}"#),
            ("start_operation", #"{"action":"cancel","filter":{"type":"a"},"reason":"why"}"#),
            ("clean_jobs", "{}"), ("delete_jobs", "{}"),
        ]
        for (name, arguments) in calls {
            #expect((200...204).contains(try await post(name, arguments).status), "\(name)")
        }

        let found = try await entries()

        #expect(found.compactMap { $0["command"] as? String } == calls.map(\.0).reversed())
        for entry in found {
            #expect(entry["principal"] as? String == "jobs:admin")
            #expect(entry["outcome"] as? String == "done")
            let isForAll = ["clean_jobs", "delete_jobs"].contains(entry["command"] as? String ?? "")
            #expect(entry["type"] as? String == (isForAll ? nil : "a"), "\(entry)")
        }
        func entry(_ command: String) throws -> [String: Any] {
            try #require(found.first { $0["command"] as? String == command })
        }
        #expect(try entry("delete_job_by_id")["job_id"] as? String == removed)
        #expect(try entry("cancel_job")["job_id"] as? String == cancelled)
        #expect(try entry("replay_jobs")["jobs"] as? Int == 1)
        #expect((try entry("replay_jobs")["filter"] as? String)?.contains("cancelled") == true)
        #expect(try entry("pause_type")["reason"] as? String == "storm")
        #expect(try entry("set_type")["settings"] as? String == "max_running: 5")
        #expect(try entry("delete_schedule")["schedule"] as? String == "s")
        let operation = try entry("start_operation")
        #expect(operation["operation_id"] != nil && operation["action"] as? String == "cancel")
        #expect(operation["reason"] as? String == "why")
    }

    @Test("what has changed nothing is not kept: refused calls, dry runs and unknown jobs")
    func nothing() async throws {
        try await post("delete_jobs", key: "jobs:work")
        try await post("delete_job_by_id", #"{"job_id":"none"}"#)
        try await post("cancel_job", "{}")
        try await post("replay_jobs", #"{"filter":{"type":"a"},"dry_run":true}"#)
        try await post(
            "start_operation", #"{"action":"cancel","filter":{"type":"a"},"dry_run":true}"#)
        _ = try await service.post("clean_jobs")
        _ = try await add("a")
        try await post("start_job_by_type", #"{"type":"a","timeout":1000}"#, key: "jobs:work")

        #expect(try await entries().isEmpty)
    }

    @Test("entries are found by type and time, in pages")
    func queries() async throws {
        for type in ["a", "b", "a"] {
            try await post("pause_type", #"{"type":"\#(type)"}"#)
            service.clock.advance(by: 60_000)
        }
        let all = try await entries()
        #expect(all.count == 3)
        #expect(try await entries(#"{"type":"a"}"#).count == 2)
        #expect(try await entries(#"{"type":"c"}"#).isEmpty)
        let (newest, middle) = (try #require(all.first), try #require(all.dropFirst().first))
        let (id, time) = (newest["id"] as? String ?? "", middle["at"] as? String ?? "")
        #expect(try await entries(#"{"max":1}"#).first?["id"] as? String == id)
        #expect(
            try await entries(#"{"after":"\#(id)","max":1}"#).first?["at"] as? String == time)
        #expect(try await entries(#"{"from":"\#(time)"}"#).count == 2)
        #expect(try await entries(#"{"to":"\#(time)"}"#).count == 2)
        #expect(try await entries(#"{"from":"\#(time)","to":"\#(time)"}"#).count == 1)
    }

    @Test("callers that are limited to types see only what concerns those")
    func limits() async throws {
        try await post("pause_type", #"{"type":"a"}"#)
        try await post("pause_type", #"{"type":"b"}"#)
        try await post("clean_jobs")
        try await post("start_operation", #"{"action":"cancel","filter":{"ref_id":"1"}}"#)

        #expect(try await commands(key: "limited") == ["pause_type"])
        #expect(try await post("get_audit", #"{"type":"b"}"#, key: "limited").status == 403)
    }

    @Test("a store that cannot keep an entry does not fail the call")
    func failing() async throws {
        let service = TestService(persistence: ForgetfulPersistence())
        let id = try await service.addJob().id

        #expect(try await service.post("delete_job_by_id", id: id).status == 200)

        let lines = service.log.lines.filter { $0.message.hasPrefix("Failed to keep an entry") }
        #expect(lines.map(\.level) == [.error])
    }
}
