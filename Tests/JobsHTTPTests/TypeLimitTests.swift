import JobsAPI
import Testing

@testable import JobsHTTP

@Suite("Callers limited to types of jobs")
struct TypeLimitTests {
    private let service = TestService(access: .sample)

    /// Calls with the key that is limited to `a`.
    private func post(_ operation: String, _ body: String = "{}", as key: String = "limited")
        async throws -> TestAnswer
    {
        try await service.post(operation, body, headers: bearer(key))
    }

    private func add(type: String) async throws -> String {
        let body = #"{"new_job":{"type":"\#(type)","ref_id":"r","ttl":0}}"#
        return try await post("add_job", body, as: "jobs:admin").id
    }

    @Test("add and start jobs of their types", arguments: ["add_job", "add_uniq_job"])
    func adding(operation: String) async throws {
        let own = try await post(operation, #"{"new_job":{"type":"a","ref_id":"r","ttl":0}}"#)
        let other = try await post(operation, #"{"new_job":{"type":"b","ref_id":"r","ttl":0}}"#)
        let started = try await post("start_job_by_type", #"{"type":"a","timeout":1000}"#)
        let foreign = try await post("start_job_by_type", #"{"type":"b","timeout":1000}"#)

        #expect(own.status == 200)
        #expect(other.isError(403, "Unauthorized", "NOT_AUTHORIZED"))
        #expect(other.string("message")?.hasPrefix("new_job.type ") == true)
        #expect(started.id == own.id)
        #expect(foreign.isError(403, "Unauthorized", "NOT_AUTHORIZED"))
    }

    @Test("claim several types only if they may use each of them")
    func severalTypes() async throws {
        let id = try await add(type: "a")
        _ = try await add(type: "b")

        let foreign = try await post(
            "start_jobs_by_type", #"{"types":["a","b"],"timeout":1000,"max_jobs":1}"#)
        let own = try await post(
            "start_jobs_by_type", #"{"types":["a"],"timeout":1000,"max_jobs":1}"#)

        #expect(foreign.isError(403, "Unauthorized", "NOT_AUTHORIZED"))
        #expect(foreign.string("message")?.hasPrefix("types.1 ") == true)
        #expect(own.jobs.map { $0["id"] as? String } == [id])
    }

    @Test("types are equal only if their bytes are")
    func normalization() async throws {
        let key = Access.key("x", scopes: [.produce], types: ["\u{E9}"])
        let service = TestService(access: Access([APIKeyAuthenticator([key])]))
        for (type, status) in [("\u{E9}", 200), ("e\u{301}", 403)] {
            let body = #"{"new_job":{"type":"\#(type)","ref_id":"r","ttl":0}}"#
            #expect(try await service.post("add_job", body, headers: bearer("x")).status == status)
        }
    }

    @Test("lists show the jobs of their types, and no others")
    func listing() async throws {
        let own = try await add(type: "a")
        _ = try await add(type: "b")

        let mine = try await post("get_jobs", #"{"filter":{"type":"a"}}"#)
        let all = try await post("get_jobs", #"{"paging":{"total":true}}"#)
        let foreign = try await post("get_jobs", #"{"filter":{"type":"b"}}"#)

        for answer in [mine, all] { #expect(answer.jobs.map { $0["id"] as? String } == [own]) }
        #expect(all.integer("total") == 1)
        #expect(foreign.isError(403, "Unauthorized", "NOT_AUTHORIZED"))
        #expect(foreign.string("message")?.hasPrefix("filter.type ") == true)
    }

    @Test("a type that is no string is the type that its text is")
    func numbers() async throws {
        _ = try await add(type: "5")

        let answer = try await post("get_jobs", #"{"filter":{"type":5}}"#)

        #expect(answer.isError(403, "Unauthorized", "NOT_AUTHORIZED"))
    }

    @Test("a job of another type is unknown, and does not change")
    func foreignJobs() async throws {
        let id = try await add(type: "b")
        let started = try await post(
            "start_job_by_id", #"{"job_id":"\#(id)","timeout":60000}"#, as: "jobs:admin")
        let token = try #require(started.string("lock_token"))
        let before = try await post("get_job_by_id", #"{"job_id":"\#(id)"}"#, as: "jobs:admin")

        for operation in [
            "get_job_by_id", "start_job_by_id", "extend_job", "abort_job", "fail_job",
            "complete_job",
        ] {
            for token in ["", #","lock_token":"\#(token)""#, #","lock_token":"wrong""#] {
                let body = #"{"job_id":"\#(id)","timeout":1\#(token)}"#
                #expect(try await post(operation, body).status == 204, "\(operation) \(token)")
            }
        }
        let deleted = try await post(
            "delete_job_by_id", #"{"job_id":"\#(id)"}"#, as: "limited admin")

        #expect(deleted.status == 204)
        let after = try await post("get_job_by_id", #"{"job_id":"\#(id)"}"#, as: "jobs:admin")
        #expect(after.text == before.text)
    }

    @Test("all operations work on jobs of their types")
    func ownJobs() async throws {
        let id = try await add(type: "a")
        let body = #"{"job_id":"\#(id)","timeout":60000}"#

        for operation in [
            "get_job_by_id", "start_job_by_id", "extend_job", "abort_job", "complete_job",
            "fail_job",
        ] {
            #expect(try await post(operation, body).id == id, "\(operation)")
        }
        #expect(try await post("delete_job_by_id", body, as: "limited admin").id == id)
    }

    @Test("each job of a batch is checked on its own")
    func batches() async throws {
        let own = try await add(type: "a")
        let foreign = try await add(type: "b")

        let added = try await post(
            "add_jobs",
            #"""
            {"new_jobs":[{"type":"b","ref_id":"1","ttl":0},{"type":"a","ref_id":"2","ttl":0},
            {"type":"a","ref_id":"3"},{"type":"a","ref_id":"4","ttl":0}]}
            """#)
        let completed = try await post(
            "complete_jobs",
            #"{"jobs":[{"job_id":"\#(foreign)"},{"job_id":"\#(own)"},{"job_id":"none"}]}"#)

        #expect(
            added.jobs.map { $0["code"] as? String } == [
                "NOT_AUTHORIZED", nil, "INVALID_DATA", nil,
            ])
        #expect(added.jobs[0]["message"] as? String == "new_jobs.0.type \(Self.typeMessage)")
        #expect(added.jobs.map { $0["ref_id"] as? String } == [nil, "2", nil, "4"])
        let items = completed.object["data"] as? [Any]
        #expect(items?.map { ($0 as? [String: Any])?["id"] as? String } == [nil, own, nil])
        let after = try await post("get_job_by_id", #"{"job_id":"\#(foreign)"}"#, as: "jobs:admin")
        #expect(after.isNull("completed"))
    }

    private static let typeMessage =
        "must be one of the types of jobs that the caller is limited to"

    @Test(
        "leases of allowed and other jobs are distinguished in a batch",
        arguments: ["extend_jobs", "abort_jobs"])
    func manyLeases(operation: String) async throws {
        var ids: [String] = []
        for number in 0..<40 { ids.append(try await add(type: number % 2 == 0 ? "a" : "b")) }
        let items = ids.map { #"{"job_id":"\#($0)","timeout":1}"# }.joined(separator: ",")

        let answer = try await post(operation, #"{"jobs":[\#(items)]}"#)

        let data = answer.object["data"] as? [Any] ?? []
        #expect(
            data.map { ($0 as? [String: Any])?["id"] as? String }
                == ids.enumerated().map { $0 % 2 == 0 ? $1 : nil })
    }

    @Test("operations on all jobs are refused", arguments: ["delete_jobs", "clean_jobs"])
    func allJobs(operation: String) async throws {
        _ = try await add(type: "a")

        let answer = try await post(operation, as: "limited admin")

        #expect(answer.isError(403, "Unauthorized", "NOT_AUTHORIZED"))
        let count = try await post("get_jobs", #"{"paging":{"total":true}}"#, as: "jobs:admin")
        #expect(count.integer("total") == 1)
    }
}
