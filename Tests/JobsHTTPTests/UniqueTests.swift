import Foundation
import JobsTestSupport
import Testing

@testable import JobsHTTP

@Suite("add_uniq_job")
struct UniqueTests {
    let service = TestService()

    private func addUnique(type: String = "t1", refID: String = "r1", ttl: Int = 0) async throws
        -> TestAnswer
    {
        try await service.post(
            "add_uniq_job",
            #"{"new_job":{"type":"\#(type)","ref_id":"\#(refID)","ttl":\#(ttl)}}"#)
    }

    @Test("adds a job if there is none")
    func adds() async throws {
        let job = try await addUnique()

        #expect(job.status == 200)
        #expect(try await service.get(job.id).text == job.text)
    }

    @Test("returns the unfinished job, unchanged, also if it was not added as unique")
    func existing() async throws {
        let first = try await service.addJob()
        let second = try await addUnique(ttl: 5000)
        let started = try await service.start()
        let third = try await addUnique()

        #expect(second.text == first.text)
        #expect(third.id == first.id)
        #expect(third.string("started") == started.string("started"))
        #expect(third.object["lock_token"] == nil)
        #expect(try await service.countJobs() == 1)
    }

    @Test("another type or reference is another job")
    func others() async throws {
        let ids = [
            try await addUnique().id, try await addUnique(type: "t2").id,
            try await addUnique(refID: "r2").id, try await addUnique(type: "T1").id,
            try await addUnique(type: "t1r", refID: "1").id,
        ]

        #expect(Set(ids).count == 5)
    }

    @Test("a finished job does not block an add")
    func finished() async throws {
        let first = try await addUnique()
        _ = try await service.post("complete_job", id: first.id)
        let second = try await addUnique()

        #expect(second.id != first.id)
        #expect(try await addUnique().id == second.id)
    }

    @Test("an expired job does not block an add unless it still runs")
    func expired() async throws {
        let first = try await addUnique(ttl: 1000)
        let running = try await addUnique(refID: "running", ttl: 1000)
        _ = try await service.start(running.id, timeout: 60_000)
        service.clock.advance(by: 1000)

        #expect(try await addUnique().id != first.id)
        #expect(try await addUnique(refID: "running").id == running.id)
    }

    @Test(
        "a removed job does not block an add", arguments: ["delete_job_by_id", "delete_jobs"])
    func deleted(operation: String) async throws {
        let first = try await addUnique()
        let body = operation == "delete_jobs" ? "{}" : #"{"job_id":"\#(first.id)"}"#
        _ = try await service.post(operation, body)

        #expect(try await addUnique().id != first.id)
    }

    @Test("add_job adds a job even if there is an equal one")
    func addJob() async throws {
        let ids = [try await service.addJob().id, try await service.addJob().id]

        #expect(Set(ids).count == 2)
    }

    @Test("exactly one of many concurrent calls adds the job")
    func concurrent() async throws {
        let ids = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<50 {
                group.addTask { [service] in
                    try await service.post(
                        "add_uniq_job", #"{"new_job":{"type":"t","ref_id":"r","ttl":0}}"#
                    ).id
                }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }

        #expect(ids.count == 1 && ids.first?.count == 32)
        #expect(try await service.countJobs() == 1)
    }
}
