import Jobs
import JobsTestSupport
import Testing

@testable import JobsHTTP

@Suite("Details of jobs")
struct DetailsTests {
    private let service = TestService(maxRetries: 2)

    private func state(_ id: String) async throws -> String? {
        let answer = try await service.post(
            "get_job_by_id", #"{"job_id":"\#(id)","details":true}"#)
        let page = try await service.post(
            "get_jobs", #"{"filter":{"id":"\#(id)"},"details":true}"#)
        #expect(page.jobs.first?["state"] as? String == answer.string("state"))
        return answer.string("state")
    }

    @Test("the state is judged by the time of the store and the configured limit")
    func states() async throws {
        let ready = try await service.addJob().id
        let delayed = try await service.addJob(#""delay":5000"#).id
        let expiring = try await service.addJob(type: "t2", ttl: 50_000).id
        let completed = try await service.addJob(type: "t2").id
        _ = try await service.post("complete_job", id: completed)

        #expect(try await state(ready) == "ready")
        #expect(try await state(delayed) == "delayed")
        #expect(try await state(completed) == "completed")
        _ = try await service.start(ready, timeout: 10_000)
        #expect(try await state(ready) == "running")
        service.clock.advance(by: 10_000)
        #expect(try await state(ready) == "ready")
        #expect(try await state(delayed) == "ready")
        _ = try await service.start(ready, timeout: 10_000)
        #expect(try await state(ready) == "running")
        service.clock.advance(by: 10_000)
        #expect(try await state(ready) == "exhausted")
        #expect(try await state(expiring) == "ready")
        for _ in 0..<2 {
            _ = try await service.start(expiring, timeout: 1)
            service.clock.advance(by: 1)
        }
        #expect(try await state(expiring) == "exhausted")
        service.clock.advance(by: 30_000)
        #expect(try await state(expiring) == "expired")
    }

    @Test("a job that is exhausted and delayed is exhausted")
    func exhaustedAndDelayed() async throws {
        let id = try await service.addJob().id
        for _ in 0..<2 {
            _ = try await service.start(id)
            _ = try await service.post("abort_job", #"{"job_id":"\#(id)","delay":60000}"#)
        }

        #expect(try await state(id) == "exhausted")
    }

    @Test(
        "plain answers show no state", arguments: ["", #","details":false"#, #","details":null"#])
    func plain(details: String) async throws {
        let id = try await service.addJob().id

        let job = try await service.post("get_job_by_id", #"{"job_id":"\#(id)"\#(details)}"#)
        let page = try await service.post("get_jobs", #"{"filter":{}\#(details)}"#)

        #expect(Set(job.object.keys) == JobShapeTests.fields)
        #expect(page.jobs.allSatisfy { Set($0.keys) == JobShapeTests.fields })
    }

    @Test("an unknown job has no details")
    func absent() async throws {
        let answer = try await service.post(
            "get_job_by_id", #"{"job_id":"none","details":true}"#)

        #expect(answer.status == 204)
    }
}
