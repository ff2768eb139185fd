import Foundation
import JobsTestSupport
import Testing

@testable import JobsHTTP

@Suite("Life of a job: extending, aborting, completing, removing")
struct LifeCycleTests {
    let service = TestService()

    private func extend(_ id: String, timeout: Int) async throws -> TestAnswer {
        try await service.post("extend_job", #"{"job_id":"\#(id)","timeout":\#(timeout)}"#)
    }

    @Test("extending counts from now, longer or shorter, and changes nothing else")
    func extendRunning() async throws {
        let id = try await service.addJob(ttl: 90_000).id
        let started = try await service.start(id, timeout: 10_000)
        service.clock.advance(by: 4000)

        let longer = try await extend(id, timeout: 10_000)
        let again = try await extend(id, timeout: 10_000)
        let shorter = try await extend(id, timeout: 1)

        #expect(longer.string("locked_until") == service.clock.text(in: 10_000))
        #expect(again.text == longer.text)
        #expect(shorter.string("locked_until") == service.clock.text(in: 1))
        for key in ["started", "execute_until", "created"] {
            #expect(shorter.string(key) == started.string(key), "\(key)")
        }
        #expect(shorter.integer("retries") == 1)
        service.clock.advance(by: 1)
        #expect(try await service.start(id).status == 200)
    }

    @Test("an extended lease keeps the job from other workers")
    func extendHolds() async throws {
        let id = try await service.addJob().id
        _ = try await service.start(id, timeout: 1000)
        service.clock.advance(by: 900)
        _ = try await extend(id, timeout: 1000)
        service.clock.advance(by: 900)

        #expect(try await service.start(id).status == 204)
        #expect(try await service.start().status == 204)
    }

    @Test("a lapsed lease can be extended until another worker takes the job over")
    func extendLapsed() async throws {
        let id = try await service.addJob().id
        _ = try await service.start(id, timeout: 1000)
        service.clock.advance(by: 5000)

        let extended = try await extend(id, timeout: 1000)

        #expect(extended.string("locked_until") == service.clock.text(in: 1000))
        #expect(try await service.start().status == 204)
    }

    @Test("extending a job without a lease changes nothing")
    func extendIdle() async throws {
        let added = try await service.addJob()
        let neverStarted = try await extend(added.id, timeout: 1000)
        _ = try await service.start(added.id)
        let aborted = try await service.post("abort_job", id: added.id)
        let afterAbort = try await extend(added.id, timeout: 1000)

        #expect(neverStarted.text == added.text)
        #expect(afterAbort.text == aborted.text)
        #expect(try await service.start().status == 200)
    }

    @Test("an aborted job is ready at once and keeps its count of starts")
    func abort() async throws {
        let id = try await service.addJob().id
        _ = try await service.start(id)

        let aborted = try await service.post("abort_job", id: id)

        #expect(aborted.isNull("started") && aborted.isNull("locked_until"))
        #expect(aborted.isNull("completed"))
        #expect(aborted.integer("retries") == 1)
        #expect(try await service.start().integer("retries") == 2)
    }

    @Test("a job can be aborted with a delay", arguments: [false, true])
    func abortWithDelay(many: Bool) async throws {
        let id = try await service.addJob().id
        _ = try await service.start()
        let item = #"{"job_id":"\#(id)","delay":1000}"#

        let answer = try await service.post(
            many ? "abort_jobs" : "abort_job", many ? #"{"jobs":[\#(item)]}"# : item)

        #expect(answer.status == 200)
        let aborted = try await service.get(id)
        #expect(aborted.string("delayed_until") == service.clock.text(in: 1000))
        #expect(try await service.start().status == 204)
        service.clock.advance(by: 1000)
        #expect(try await service.start().id == id)
    }

    @Test("a delay has to be a number", arguments: [#""5""#, "true", "{}"])
    func abortWithOddDelay(delay: String) async throws {
        let id = try await service.addJob().id
        let answer = try await service.post("abort_job", #"{"job_id":"\#(id)","delay":\#(delay)}"#)
        #expect(answer.status == 400 && answer.text.contains("delay type must be integer"))
    }

    @Test("aborting a job without a lease changes nothing")
    func abortIdle() async throws {
        let added = try await service.addJob()

        #expect(try await service.post("abort_job", id: added.id).text == added.text)
    }

    @Test("completing sets the time and ends the lease")
    func complete() async throws {
        let id = try await service.addJob().id
        _ = try await service.start(id)
        service.clock.advance(by: 70)

        let completed = try await service.post("complete_job", id: id)

        #expect(completed.string("completed") == service.clock.text())
        #expect(completed.isNull("started") && completed.isNull("locked_until"))
        #expect(completed.integer("retries") == 1)
    }

    @Test("a job can be completed without a start, after its deadline, and after its lease")
    func completeAnyway() async throws {
        let idle = try await service.addJob(ttl: 1000).id
        let lapsed = try await service.addJob().id
        _ = try await service.start(lapsed, timeout: 1)
        service.clock.advance(by: 5000)

        #expect(
            try await service.post("complete_job", id: idle).string("completed")
                == service.clock.text())
        #expect(
            try await service.post("complete_job", id: lapsed).string("completed")
                == service.clock.text())
    }

    @Test("a completed job never changes", arguments: ["extend_job", "abort_job", "complete_job"])
    func completedStays(operation: String) async throws {
        let id = try await service.addJob().id
        _ = try await service.start(id)
        let completed = try await service.post("complete_job", id: id)
        service.clock.advance(by: 1000)

        let answer = try await service.post(operation, #"{"job_id":"\#(id)","timeout":5}"#)

        #expect(answer.status == 200)
        #expect(answer.text == completed.text)
        #expect(try await service.get(id).text == completed.text)
    }

    @Test(
        "an unknown job is 204",
        arguments: [
            "get_job_by_id", "start_job_by_id", "extend_job", "abort_job", "complete_job",
            "delete_job_by_id",
        ])
    func unknown(operation: String) async throws {
        _ = try await service.addJob()

        for id in ["unknown", "", "{}", "0123456789abcdef0123456789abcdef", "a\\u0000"] {
            let answer = try await service.post(operation, #"{"job_id":"\#(id)","timeout":5}"#)

            #expect(answer.status == 204)
        }
    }

    @Test("a removed job is returned, and no longer exists", arguments: [true, false])
    func delete(isRunning: Bool) async throws {
        let id = try await service.addJob().id
        if isRunning { _ = try await service.start(id) }
        let before = try await service.get(id)

        let deleted = try await service.post("delete_job_by_id", id: id)

        #expect(deleted.text == before.text)
        #expect(try await service.get(id).status == 204)
        #expect(try await service.post("delete_job_by_id", id: id).status == 204)
        #expect(try await service.start().status == 204)
    }

    @Test("delete_jobs removes every job")
    func deleteAll() async throws {
        for number in 0..<5 { _ = try await service.addJob(refID: "\(number)") }
        _ = try await service.start()

        #expect(try await service.post("delete_jobs", "{}").status == 204)
        #expect(try await service.countJobs() == 0)
        #expect(try await service.start().status == 204)
    }
}
