import Foundation
import JobsTestSupport
import Testing

@testable import JobsHTTP

@Suite("Jobs in the HTTP API")
struct JobShapeTests {
    let service = TestService()

    static let fields: Set<String> = [
        "id", "type", "ref_id", "params", "created", "started", "locked_until", "execute_until",
        "completed", "retries",
    ]

    @Test("a new job has exactly ten fields, null where empty")
    func tenFields() async throws {
        let job = try await service.addJob()

        #expect(Set(job.object.keys) == Self.fields)
        #expect(job.string("type") == "t1")
        #expect(job.string("ref_id") == "r1")
        #expect(job.string("created") == "2026-11-24T02:05:04.107Z")
        #expect(job.integer("retries") == 0)
        for key in ["params", "started", "locked_until", "execute_until", "completed"] {
            #expect(job.isNull(key), "\(key)")
        }
    }

    @Test("an id is 32 lower-case hexadecimal digits, and later ids are greater")
    func ids() async throws {
        var ids: [String] = []
        for _ in 0..<20 { ids.append(try await service.addJob().id) }

        #expect(ids.allSatisfy { $0.wholeMatch(of: /[0-9a-f]{32}/) != nil })
        #expect(ids == ids.sorted())
        #expect(Set(ids).count == 20)
    }

    @Test(
        "every operation that shows a job shows the ten fields",
        arguments: ["get_job_by_id", "abort_job", "complete_job", "delete_job_by_id"])
    func tenFieldsEverywhere(operation: String) async throws {
        let id = try await service.addJob().id

        let job = try await service.post(operation, id: id)

        #expect(Set(job.object.keys) == Self.fields)
        #expect(job.id == id)
    }

    @Test("lists, unique adds and extensions show the ten fields")
    func tenFieldsInLists() async throws {
        let id = try await service.addJob().id
        let unique = try await service.post(
            "add_uniq_job", #"{"new_job":{"type":"t1","ref_id":"r1","ttl":0}}"#)
        _ = try await service.start(id)
        let extended = try await service.post("extend_job", #"{"job_id":"\#(id)","timeout":5}"#)
        let page = try await service.post("get_jobs")

        #expect(Set(unique.object.keys) == Self.fields)
        #expect(Set(extended.object.keys) == Self.fields)
        #expect(page.jobs.map { Set($0.keys) } == [Self.fields])
    }

    @Test("only the answer to a start has a lock token besides the ten fields")
    func lockToken() async throws {
        let id = try await service.addJob().id
        let byID = try await service.start(id, timeout: 0)
        let byType = try await service.start()

        #expect(Set(byID.object.keys) == Self.fields.union(["lock_token"]))
        #expect(Set(byType.object.keys) == Self.fields.union(["lock_token"]))
        #expect(try await service.get(id).object["lock_token"] == nil)
        #expect(try await service.post("get_jobs").text.contains("lock_token") == false)
    }

    @Test("priority and delay are in all answers if they were given, else in none")
    func priorityAndDelay() async throws {
        let plain = try await service.addJob(refID: "plain", #""priority":0"#)
        let job = try await service.addJob(refID: "more", #""priority":-7,"delay":1500"#)
        let page = try await service.post("get_jobs", #"{"filter":{"ref_id":"more"}}"#)
        service.clock.advance(by: 1500)
        let started = try await service.start(job.id)
        let completed = try await service.post("complete_job", id: job.id)

        #expect(Set(plain.object.keys) == Self.fields)
        let more = Self.fields.union(["priority", "delayed_until"])
        for shown in [job.object, try #require(page.jobs.first), completed.object] {
            #expect(Set(shown.keys) == more)
            #expect(shown["priority"] as? Int == -7)
            #expect(shown["delayed_until"] as? String == "2026-11-24T02:05:05.607Z")
        }
        #expect(Set(started.object.keys) == more.union(["lock_token"]))
    }

    @Test("dates are UTC with milliseconds and Z")
    func dates() async throws {
        let id = try await service.addJob(ttl: 893).id
        let started = try await service.start(id, timeout: 1)
        let completed = try await service.post("complete_job", id: id)

        #expect(started.string("started") == "2026-11-24T02:05:04.107Z")
        #expect(started.string("locked_until") == "2026-11-24T02:05:04.108Z")
        #expect(started.string("execute_until") == "2026-11-24T02:05:05.000Z")
        #expect(completed.string("completed") == "2026-11-24T02:05:04.107Z")
    }

    @Test(
        "texts are returned unchanged",
        arguments: [
            "", " ", "a\\\"b/", "\\u0000\\u001f", "ä€😀", "e\\u0301", "\\ud83d\\ude00",
            "\\b\\f\\n\\r\\t",
            "\u{2028}\u{FFFF}", "${x}", "<script>", "2026-11-24T02:05:04.107Z",
        ])
    func texts(text: String) async throws {
        let job = try await service.addJob(type: text, refID: text)
        let sent = try JSONSerialization.jsonObject(
            with: Data("\"\(text)\"".utf8), options: .fragmentsAllowed)

        #expect(
            job.string("type").map { Array($0.utf8) } == (sent as? String).map { Array($0.utf8) })
        let found = try await service.post(
            "get_jobs", #"{"filter":{"type":"\#(text)","ref_id":"\#(text)"}}"#)
        #expect(found.jobs.count == 1)
    }

    @Test("texts that only look the same are different")
    func textsByBytes() async throws {
        _ = try await service.addJob(type: "\u{E9}", refID: "composed")

        #expect(try await service.start(type: "e\u{301}").status == 204)
        #expect(try await service.list(#"{"type":"e\u0301"}"#) == [])
        #expect(try await service.list(#"{"type":"\u00e9"}"#) == ["composed"])
    }
}
