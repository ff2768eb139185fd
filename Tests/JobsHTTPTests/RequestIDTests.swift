import Foundation
import Jobs
import Testing

@testable import JobsHTTP

@Suite("Requests that are repeated")
struct RequestIDTests {
    private let service = TestService()

    private func add(_ request: String, refID: String = "r", operation: String = "add_job")
        async throws -> TestAnswer
    {
        let job = #"{"type":"t1","ref_id":"\#(refID)","ttl":0,"request_id":"\#(request)"}"#
        let body =
            operation == "add_jobs" ? #"{"new_jobs":[\#(job)]}"# : #"{"new_job":\#(job)}"#
        return try await service.post(operation, body)
    }

    private func claim(_ request: String, maxJobs: Int? = nil) async throws -> TestAnswer {
        let more = maxJobs.map { #","max_jobs":\#($0)"# } ?? ""
        return try await service.post(
            maxJobs == nil ? "start_job_by_type" : "start_jobs_by_type",
            #"{"type":"t1","timeout":10000,"request_id":"\#(request)"\#(more)}"#)
    }

    @Test("an add is carried out once and shows no request id")
    func adds() async throws {
        let added = try await add("a")

        #expect(Set(added.object.keys) == JobShapeTests.fields)
        #expect(try await add("a").text == added.text)
        #expect(try await add("a", operation: "add_uniq_job").text == added.text)
        #expect(try await add("a", operation: "add_jobs").text == #"{"data":[\#(added.text)]}"#)
        #expect(try await service.countJobs() == 1)
        let details = try await service.post(
            "get_job_by_id", #"{"job_id":"\#(added.id)","details":true}"#)
        #expect(!details.text.contains("request"))
    }

    @Test("a claim is carried out once and shows no request id")
    func claims() async throws {
        for index in 0..<4 { _ = try await service.addJob(refID: "\(index)") }
        let started = try await claim("a")
        let many = try await claim("b", maxJobs: 2)

        #expect(started.status == 200 && !started.text.contains("request"))
        #expect(try await claim("a").text == started.text)
        #expect(many.jobs.count == 2)
        #expect(try await claim("b", maxJobs: 2).text == many.text)
        _ = try await service.post("complete_job", id: started.id)
        #expect(try await claim("a").status == 204)
        #expect(try await service.list(#"{"retries":0}"#).count == 1)
    }

    @Test(
        "an id that was used for another reference is a conflict",
        arguments: ["add_job", "add_uniq_job"])
    func conflict(operation: String) async throws {
        let added = try await add("a")

        let answer = try await add("a", refID: "other", operation: operation)

        #expect(answer.isError(409, "Conflict", "REQUEST_CONFLICT"))
        #expect(answer.string("message")?.contains("request_id") == true)
        let details = answer.object["details"] as? [String: String]
        #expect(details?["argument"] == "request_id" && details?["job_id"] == added.id)
        let batch = try await add("a", refID: "other", operation: "add_jobs")
        #expect(batch.status == 200 && batch.jobs.first?["code"] as? String == "REQUEST_CONFLICT")
        #expect(try await service.countJobs() == 1)
    }

    @Test(
        "ids that are empty, too long or those of schedules are refused",
        arguments: [
            ("", "INVALID_DATA"), ("schedule:nightly:1", "REFUSED"),
            (String(repeating: "ä", count: 129), "INVALID_DATA"),
        ])
    func refused(id: String, code: String) async throws {
        for operation in ["add_job", "add_uniq_job"] {
            let answer = try await add(id, operation: operation)
            #expect(answer.isError(400, "BadRequest", code))
            #expect(answer.string("message")?.contains("request_id") == true)
        }
        guard !id.hasPrefix("schedule:") else { return }
        for maxJobs in [nil, 3] {
            let answer = try await claim(id, maxJobs: maxJobs)
            #expect(answer.isError(400, "BadRequest", code))
            #expect(answer.string("message")?.contains("request_id") == true)
        }
        #expect(try await service.countJobs() == 0)
    }

    @Test("the longest id is accepted, and null is none")
    func accepted() async throws {
        let id = String(repeating: "ä", count: 128)
        #expect(try await add(id).id == add(id).id)
        #expect(try await claim(id).status == 200)
        let body = #"{"new_job":{"type":"t1","ref_id":"r","ttl":0,"request_id":null}}"#
        let first = try await service.post("add_job", body)
        let second = try await service.post("add_job", body)
        #expect(first.status == 200 && first.id != second.id)
    }

    @Test("a client that asks is told that the service knows request ids")
    func asked() async throws {
        let body = #"{"new_jobs":[]}"#
        let asked = try await service.post(
            "add_jobs", body, headers: ["Prefer": "handling=strict, Request-ID"])
        let alone = try await service.post(
            "extend_jobs", #"{"jobs":[]}"#, headers: ["Prefer": "request-id"])
        let refused = try await service.post(
            "add_jobs", #"{"new_jobs":1}"#, headers: ["Prefer": "request-id"])
        let plain = try await service.post("add_jobs", body)

        #expect(asked.status == 200)
        #expect(asked.header("Preference-Applied") == "handling=strict, request-id")
        #expect(alone.header("Preference-Applied") == "request-id")
        #expect(refused.status == 400 && refused.header("Preference-Applied") == "request-id")
        #expect(plain.header("Preference-Applied") == nil)
    }

    @Test("a job stays with its request when the caller disconnects")
    func disconnected() async throws {
        try await RunningEndpoint.run { endpoint in
            for round in 0..<30 {
                let new = NewJob(type: "t\(round)", refID: "")
                let claim = Claim(type: new.type, timeout: 600_000, requestID: "r")
                try await endpoint.connect { worker in
                    _ = try await endpoint.jobs.add([new])
                    let body = #"{"type":"\#(new.type)","timeout":600000,"request_id":"r"}"#
                    try await worker.send(post("/v1/jobs/start_job_by_type", body))
                    try await worker.reset()
                }
                // Served before or now, in any case once.
                let job = try #require(try await endpoint.jobs.claim(claim).first)
                try await Task.sleep(for: .milliseconds(5))
                let again = try #require(try await endpoint.jobs.claim(claim).first)
                #expect(again.lockToken == job.lockToken && again.job.retries == 1)
            }
        }
    }
}
