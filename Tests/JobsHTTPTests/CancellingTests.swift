import Jobs
import JobsTestSupport
import Testing

@testable import JobsHTTP

@Suite("Cancelled jobs")
struct CancellingTests {
    private let service = TestService()

    private func cancel(_ id: String) async throws -> TestAnswer {
        try await service.post("cancel_job", id: id)
    }

    @Test("a job that is not running is cancelled at once, and stays so")
    func waiting() async throws {
        let id = try await service.addJob().id

        let cancelled = try await cancel(id)
        service.clock.advance(by: 1000)
        let again = try await cancel(id)

        #expect(cancelled.status == 200)
        #expect(cancelled.string("cancelled") == TestService().clock.text())
        #expect(again.text == cancelled.text)
        #expect(try await service.start().status == 204)
        #expect(try await service.start(id).status == 204)
        #expect(try await service.post("complete_job", id: id).text == cancelled.text)
    }

    @Test("an unknown job is 204")
    func unknown() async throws {
        #expect(try await cancel("none").status == 204)
    }

    @Test("the worker of a running job learns of it from its next extend")
    func running() async throws {
        let id = try await service.addJob().id
        _ = try await service.start(id)
        let requested = service.clock.text()

        let first = try await cancel(id)
        service.clock.advance(by: 1000)
        let second = try await cancel(id)
        let extended = try await service.post(
            "extend_job", #"{"job_id":"\#(id)","timeout":5000}"#)

        #expect(first.string("cancel_requested") == requested)
        #expect(first.object["cancelled"] == nil)
        #expect(second.text == first.text)
        #expect(extended.string("cancel_requested") == requested)
        #expect(extended.string("locked_until") == service.clock.text(in: 5000))
    }

    @Test(
        "it takes effect however the lease ends, but for the completion",
        arguments: ["abort_job", "fail_job", "complete_job", "lapse"])
    func effect(end: String) async throws {
        let id = try await service.addJob().id
        _ = try await service.start(id, timeout: 1000)
        _ = try await cancel(id)
        let lapse = service.clock.text(in: 1000)
        if end == "lapse" {
            service.clock.advance(by: 5000)
        } else {
            _ = try await service.post(end, id: id)
        }

        let job = try await service.post(
            "get_job_by_id", #"{"job_id":"\#(id)","details":true}"#)

        let isCompleted = end == "complete_job"
        #expect(job.string("state") == (isCompleted ? "completed" : "cancelled"))
        #expect(
            job.string("cancelled")
                == (isCompleted ? nil : end == "lapse" ? lapse : service.clock.text()))
        let attempts = job.object["attempts"] as? [[String: Any]]
        #expect(attempts?.map { $0["outcome"] as? String } == (isCompleted ? [] : ["cancelled"]))
        #expect(try await service.start().status == 204)
    }

    @Test("a cancelled job does not keep another unique one away")
    func unique() async throws {
        let new = #"{"new_job":{"type":"t","ref_id":"r","ttl":0}}"#
        let first = try await service.post("add_uniq_job", new)
        _ = try await cancel(first.id)

        #expect(try await service.post("add_uniq_job", new).id != first.id)
    }
}
