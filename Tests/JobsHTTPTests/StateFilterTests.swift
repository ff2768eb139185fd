import Foundation
import Jobs
import JobsTestSupport
import Testing

@testable import JobsHTTP

@Suite("Filters by state, worker, group and error")
struct StateFilterTests {
    /// A job in each state, whose reference is the name of the state.
    private static func service() async throws -> TestService {
        let service = TestService(maxRetries: 1)
        for state in JobState.allCases.map(\.rawValue) {
            let more = state == "delayed" ? #""delay":1000000"# : ""
            let id = try await service.addJob(
                refID: state, ttl: state == "expired" ? 1 : 0, more
            ).id
            if state == "expired" { service.clock.advance(by: 1) }
            if ["running", "exhausted", "failed"].contains(state) {
                _ = try await service.post(
                    "start_job_by_id",
                    #"{"job_id":"\#(id)","timeout":1000000,"worker":"w \#(state)"}"#)
            }
            switch state {
            case "completed": _ = try await service.post("complete_job", id: id)
            case "cancelled": _ = try await service.post("cancel_job", id: id)
            case "exhausted": _ = try await service.post("abort_job", id: id)
            case "failed":
                _ = try await service.post(
                    "fail_job", #"{"job_id":"\#(id)","error":{"type":"Timeout"},"retry":false}"#)
            default: break
            }
        }
        return service
    }

    @Test("a state selects the jobs in it", arguments: JobState.allCases.map(\.rawValue))
    func state(name: String) async throws {
        let service = try await Self.service()

        #expect(try await service.list(#"{"state":"\#(name)"}"#) == [name])
        let page = try await service.post(
            "get_jobs", #"{"filter":{"state":"\#(name)"},"details":true,"paging":{"total":true}}"#)
        #expect(page.jobs.map { $0["state"] as? String } == [name])
        #expect(page.integer("total") == 1)
    }

    @Test("workers, groups and types of errors are compared exactly")
    func names() async throws {
        let service = try await Self.service()
        _ = try await service.addJob(refID: "grouped", #""group":"g1""#)
        _ = try await service.addJob(refID: "not grouped", #""group":"""#)

        #expect(try await service.list(#"{"worker":"w running"}"#) == ["running"])
        #expect(try await service.list(#"{"worker":"w"}"#) == [])
        #expect(try await service.list(#"{"group":"g1"}"#) == ["grouped"])
        #expect(try await service.list(#"{"group":"G1"}"#) == [])
        #expect(try await service.list(#"{"error_type":"Timeout"}"#) == ["failed"])
        for key in ["worker", "group", "error_type"] {
            #expect(try await service.list(#"{"\#(key)":""}"#) == [])
            #expect(try await service.list(#"{"\#(key)":null}"#).count == 10)
        }
    }

    @Test(
        "a value that cannot be read is refused, and named",
        arguments: [
            (#"{"state":"foo"}"#, "filter.state"), (#"{"state":""}"#, "filter.state"),
            (#"{"state":5}"#, "filter.state"), (#"{"state":["failed"]}"#, "filter.state"),
            (#"{"state":"FAILED"}"#, "filter.state"), (#"{"worker":1}"#, "filter.worker"),
            (#"{"group":{}}"#, "filter.group"), (#"{"error_type":true}"#, "filter.error_type"),
            (#"{"worker":"\#(String(repeating: "ä", count: 201))"}"#, "filter.worker"),
            (#"{"group":"\#(String(repeating: "ä", count: 257))"}"#, "filter.group"),
            (#"{"error_type":"\#(String(repeating: "ä", count: 201))"}"#, "filter.error_type"),
        ])
    func refused(filter: String, path: String) async throws {
        let answer = try await TestService().post("get_jobs", #"{"filter":\#(filter)}"#)

        #expect(answer.isError(400, "BadRequest", "INVALID_DATA"))
        #expect(answer.violations.map { $0["path"] as? String } == [path])
        #expect(answer.string("message")?.contains(path) == true)
    }

    @Test("the longest names are taken")
    func longest() async throws {
        let service = TestService()
        let worker = String(repeating: "ä", count: 200)
        let group = String(repeating: "ä", count: 256)

        let added = try await service.addJob(#""group":"\#(group)""#)
        _ = try await service.post(
            "start_job_by_id", #"{"job_id":"\#(added.id)","timeout":1,"worker":"\#(worker)"}"#)

        let filter = #"{"worker":"\#(worker)","group":"\#(group)"}"#
        #expect(try await service.list(filter).count == 1)
    }
}
