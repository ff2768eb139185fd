import Foundation
import JobsTestSupport
import Testing

@testable import JobsHTTP

@Suite("Groups of errors")
struct ErrorGroupTests {
    private let service = TestService(maxRetries: 3)

    /// Adds a job whose attempt has failed with this error.
    private func failedJob(_ error: String, type: String = "t1", retry: Bool = false)
        async throws -> String
    {
        let id = try await service.addJob(type: type).id
        _ = try await service.start(id)
        let failed = try await service.post(
            "fail_job", #"{"job_id":"\#(id)","retry":\#(retry),"error":\#(error)}"#)
        try #require(failed.status == 200, "\(failed.text)")
        #expect(failed.object["error_key"] == nil && failed.object["errored"] == nil)
        return id
    }

    private func groups(_ arguments: String = "{}") async throws -> [[String: Any]] {
        let answer = try await service.post("get_errors", arguments)
        try #require(answer.status == 200, "\(answer.text)")
        return answer.jobs
    }

    private func keys(_ arguments: String = "{}") async throws -> [String] {
        try await groups(arguments).compactMap { $0["error_key"] as? String }
    }

    @Test("the groups are those with the most jobs first, with an example each")
    func groups() async throws {
        _ = try await failedJob(#"{"message":"other"}"#, retry: true)
        _ = try await failedJob(#"{"message":"order 1 lost"}"#)
        service.clock.advance(by: 5)
        let last = try await failedJob(
            #"{"type":"Lost","message":"order 22 lost","details":{"secret":1}}"#)

        let other = try await id(of: "other")
        let now = service.clock.text()
        let before = service.clock.text(in: -5)
        let answer = try await service.post("get_errors")

        #expect(
            answer.text == """
                {"data":[{"type":"t1","error_key":"order # lost","count":2,"first":"\(before)",\
                "last":"\(now)","recent":[0,0,0,0,0,0,0,0,0,0,0,2],"example":{"job_id":"\(last)",\
                "error":{"type":"Lost","message":"order 22 lost"}}},\
                {"type":"t1","error_key":"other","count":1,"first":"\(before)","last":"\(before)",\
                "recent":[0,0,0,0,0,0,0,0,0,0,0,1],"example":{"job_id":"\(other)","error":{"message":"other"}}}],"truncated":false}
                """)
    }

    private func id(of key: String) async throws -> String {
        let answer = try await service.post("get_jobs", #"{"filter":{"error_key":"\#(key)"}}"#)
        return answer.jobs.first?["id"] as? String ?? ""
    }

    @Test("the key is shown with details only, and as long as the job is in the group")
    func details() async throws {
        let id = try await failedJob(#"{"message":"lost 5"}"#)
        let key = {
            try await service.post("get_job_by_id", #"{"job_id":"\#(id)","details":true}"#)
                .string("error_key")
        }

        #expect(try await key() == "lost #")
        #expect(try await service.get(id).object["error_key"] == nil)
        #expect(try await service.post("get_jobs").jobs.first?["error_key"] == nil)
        let replayed = try await service.post(
            "replay_jobs", #"{"filter":{"error_key":"lost #","type":"t1"}}"#)
        #expect(replayed.object["data"] as? [String] == [id])
        #expect(try await key() == nil)
        #expect(try await keys() == [])
    }

    @Test("groups are limited to a type and to a time")
    func conditions() async throws {
        _ = try await failedJob(#"{"message":"a"}"#)
        service.clock.advance(by: 5)
        _ = try await failedJob(#"{"message":"b"}"#, type: "t2")

        #expect(try await keys(#"{"type":"t1"}"#) == ["a"])
        #expect(try await keys(#"{"type":"t3"}"#) == [])
        let clock = service.clock
        #expect(try await keys(#"{"from":"\#(clock.text())"}"#) == ["b"])
        #expect(try await keys(#"{"to":"\#(clock.text(in: -1))"}"#) == ["a"])
        #expect(try await keys(#"{"type":null,"from":null}"#) == ["a", "b"])
    }

    @Test(
        "arguments that cannot be read are refused, and named",
        arguments: [
            (#"{"type":5}"#, "type"), (#"{"from":"soon"}"#, "from"), (#"{"to":0}"#, "to"),
            (#"{"type":"\#(String(repeating: "t", count: 1025))"}"#, "type"),
        ])
    func refused(arguments: String, path: String) async throws {
        let answer = try await service.post("get_errors", arguments)

        #expect(answer.isError(400, "BadRequest", "INVALID_DATA"))
        #expect(answer.violations.map { $0["path"] as? String } == [path])
    }

    @Test("a key that is too long is refused in a filter")
    func longKey() async throws {
        let key = String(repeating: "ä", count: 201)
        for operation in ["get_jobs", "replay_jobs"] {
            let answer = try await service.post(operation, #"{"filter":{"error_key":"\#(key)"}}"#)
            #expect(answer.violations.map { $0["path"] as? String } == ["filter.error_key"])
        }
    }

    @Test("a caller that is limited to types sees their groups only")
    func limited() async throws {
        let service = TestService(access: .sample)
        for type in ["a", "b"] {
            let added = try await service.post(
                "add_job", #"{"new_job":{"type":"\#(type)","ref_id":"1","ttl":0}}"#,
                headers: bearer("jobs:admin"))
            for (operation, more) in [
                ("start_job_by_id", #""timeout":1000"#), ("fail_job", #""retry":false"#),
            ] {
                _ = try await service.post(
                    operation, #"{"job_id":"\#(added.id)",\#(more)}"#, headers: bearer("jobs:admin")
                )
            }
        }
        let types = { (arguments: String, key: String) in
            try await service.post("get_errors", arguments, headers: bearer(key))
        }

        #expect(try await types("{}", "jobs:read").jobs.count == 2)
        #expect(try await types("{}", "limited").jobs.map { $0["type"] as? String } == ["a"])
        #expect(
            try await types(#"{"type":"b"}"#, "limited")
                .isError(403, "Unauthorized", "NOT_AUTHORIZED"))
    }
}
