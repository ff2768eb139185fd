import Foundation
import Testing

@testable import JobsHTTP

@Suite("Operations on many jobs")
struct BatchTests {
    private let service = TestService()

    @Test("added jobs are returned in order, and an invalid one has its own error")
    func adding() async throws {
        let answer = try await service.post(
            "add_jobs",
            #"""
            {"new_jobs":[{"type":"a","ref_id":"1","ttl":0,"params":[1]},{"type":5,"ref_id":"2"},
            {"type":"a","ref_id":"3","ttl":0}]}
            """#)

        #expect(answer.status == 200)
        let items = answer.jobs
        #expect(items.map { $0["ref_id"] as? String } == ["1", nil, "3"])
        #expect(items[0].count == 10)
        #expect(items[1]["status"] as? Int == 400 && items[1]["code"] as? String == "INVALID_DATA")
        let message = try #require(items[1]["message"] as? String)
        #expect(message.contains("new_jobs.1.type type must be string but found long"))
        #expect(message.contains("new_jobs.1.ttl must not be null"))
        #expect(items[1].keys.contains("stack_trace"))
    }

    @Test("a small request for many large jobs gets a bounded answer")
    func largeJobs() async throws {
        let padding = String(repeating: "x", count: 1_000_000)
        let added = try await service.post(
            "add_job",
            #"{"new_job":{"type":"a","ref_id":"1","ttl":0,"params":"\#(padding)"}}"#)
        let id = try #require(added.string("id"))
        let lease = #"{"job_id":"\#(id)"}"#

        let answer = try await service.post(
            "complete_jobs",
            #"{"jobs":[\#(Array(repeating: lease, count: 100).joined(separator: ","))]}"#)

        #expect(answer.status == 200)
        #expect(answer.text.utf8.count < 5_000_000)
        let whole = answer.jobs.map { $0["params"] as? String == padding }
        #expect(whole == (0..<100).map { $0 < 4 })
        #expect(answer.jobs.allSatisfy { $0["completed"] is String && $0["ref_id"] is String })
        #expect(answer.jobs.last?.keys.contains("params") == false)
        let single = try await service.post("complete_job", lease)
        #expect(single.string("params") == padding)
    }

    @Test("many jobs are started at once, each with its token, and an empty list if there are none")
    func starting() async throws {
        for ref in 1...3 { _ = try await service.addJob(type: "a", refID: "\(ref)") }
        let body = #"{"type":"a","timeout":60000,"max_jobs":2}"#

        let first = try await service.post("start_jobs_by_type", body).jobs
        let second = try await service.post("start_jobs_by_type", body).jobs
        let third = try await service.post("start_jobs_by_type", body)

        #expect((first + second).map { $0["ref_id"] as? String } == ["1", "2", "3"])
        #expect(Set((first + second).compactMap { $0["lock_token"] as? String }).count == 3)
        #expect(third.status == 200)
        #expect(third.jobs.isEmpty)
    }

    @Test("of several types, jobs of the first one are started that has some")
    func severalTypes() async throws {
        for ref in 1...2 { _ = try await service.addJob(type: "b", refID: "\(ref)") }
        _ = try await service.addJob(type: "c", refID: "3")
        let body = #"{"types":["a","b","c"],"timeout":60000,"max_jobs":10}"#

        let first = try await service.post("start_jobs_by_type", body).jobs
        let second = try await service.post("start_jobs_by_type", body).jobs
        let third = try await service.post("start_jobs_by_type", body)

        #expect(first.map { $0["ref_id"] as? String } == ["1", "2"])
        #expect(second.map { $0["ref_id"] as? String } == ["3"])
        #expect(third.text == #"{"data":[]}"#)
    }

    @Test(
        "types that cannot be claimed together are refused, with the name of the argument",
        arguments: [
            (#""types":[]"#, "types must have at least 1 item"),
            (#""types":"a""#, "types type must be array but found string"),
            (#""types":["a",1]"#, "types.1 type must be string but found long"),
            (#""type":"a","types":["a"]"#, "type and types exclude each other"),
            (#""type":null,"types":null"#, "type or types must not be null"),
            (#""x":1"#, "type or types must not be null"),
            (
                #""types":["a","\#(String(repeating: "x", count: 1025))"]"#,
                "types.1 must have at most 1024 bytes"
            ),
            (
                #""types":[\#(Array(repeating: #""a""#, count: 21).joined(separator: ","))]"#,
                "types must have at most 20 items"
            ),
        ])
    func wrongTypes(types: String, message: String) async throws {
        let answer = try await service.post(
            "start_jobs_by_type", "{\(types),\"timeout\":1,\"max_jobs\":1}")

        #expect(answer.status == 400)
        #expect(answer.text.contains(message), "\(answer.text)")
    }

    @Test("each lease is changed on its own: a job, an error or null in the order of the items")
    func finishing() async throws {
        for ref in 1...2 { _ = try await service.addJob(type: "a", refID: "\(ref)") }
        let started = try await service.post(
            "start_jobs_by_type", #"{"type":"a","timeout":60000,"max_jobs":10}"#
        ).jobs
        let ids = started.compactMap { $0["id"] as? String }
        let token = try #require(started[0]["lock_token"] as? String)
        let jobs = #"""
            {"jobs":[{"job_id":"\#(ids[0])","lock_token":"\#(token)","timeout":90000},
            {"job_id":"\#(ids[1])","lock_token":"\#(token)","timeout":90000},
            {"job_id":"unknown","timeout":1},{"lock_token":"x","timeout":1}]}
            """#

        for operation in ["extend_jobs", "complete_jobs", "abort_jobs"] {
            let answer = try await service.post(operation, jobs)

            #expect(answer.status == 200)
            let data = try #require(answer.object["data"] as? [Any])
            #expect(data.count == 4)
            #expect((data[0] as? [String: Any])?["id"] as? String == ids[0])
            #expect((data[1] as? [String: Any])?["code"] as? String == "LOCK_LOST")
            #expect((data[1] as? [String: Any])?["status"] as? Int == 409)
            #expect(data[2] is NSNull)
            #expect((data[3] as? [String: Any])?["code"] as? String == "INVALID_DATA")
        }
    }

    @Test("each item of an extension needs a timeout")
    func extending() async throws {
        let answer = try await service.post("extend_jobs", #"{"jobs":[{"job_id":"1"}]}"#)
        let message = try #require(answer.jobs[0]["message"] as? String)
        #expect(message.contains("jobs.0.timeout must not be null"))
    }

    @Test(
        "an error of the request as a whole fails the whole request",
        arguments: [
            ("add_jobs", "{}", "new_jobs must not be null"),
            ("add_jobs", #"{"new_jobs":{}}"#, "new_jobs type must be array but found map"),
            ("complete_jobs", #"{"jobs":"x"}"#, "jobs type must be array but found string"),
            ("start_jobs_by_type", #"{"type":"a","timeout":1}"#, "max_jobs must not be null"),
            (
                "start_jobs_by_type", #"{"type":"a","timeout":1,"max_jobs":0}"#,
                "max_jobs must be in 1"
            ),
            (
                "start_jobs_by_type", #"{"type":"a","timeout":1,"max_jobs":1001}"#,
                "max_jobs must be"
            ),
        ])
    func whole(operation: String, body: String, message: String) async throws {
        let answer = try await service.post(operation, body)
        #expect(answer.status == 400)
        #expect(answer.text.contains(message), "\(answer.text)")
    }

    @Test("a thousand items are accepted, one more is refused")
    func limits() async throws {
        func body(_ count: Int) -> String {
            let job = #"{"type":"a","ref_id":"1","ttl":0}"#
            return #"{"new_jobs":["# + Array(repeating: job, count: count).joined(separator: ",")
                + "]}"
        }

        #expect(try await service.post("add_jobs", body(1000)).jobs.count == 1000)
        let refused = try await service.post("add_jobs", body(1001))
        #expect(refused.status == 400)
        #expect(refused.text.contains("new_jobs must have at most 1000 items"))
        #expect(try await service.post("add_jobs", body(0)).jobs.isEmpty)
    }
}
