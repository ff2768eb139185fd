import Jobs
import JobsEngine
import JobsTestSupport
import Testing

@Suite("Controller")
struct JobsControllerTests {
    private let token = LockToken.random()

    private func controller(
        _ persistence: RecordingPersistence, maxRetries: Int = 7
    ) -> JobsController {
        JobsController(
            persistence: persistence, options: JobsController.Options(maxRetries: maxRetries))
    }

    @Test("each call is one call of the store")
    func calls() async throws {
        let persistence = RecordingPersistence()
        let controller = controller(persistence)
        var filter = JobFilter()
        filter.type = "f"

        _ = try await controller.add(NewJob(type: "a", refID: ""))
        _ = try await controller.addUnique(NewJob(type: "b", refID: ""))
        _ = try await controller.list(filter, Paging(skip: 3))
        _ = try await controller.get(JobID("g"))
        _ = try await controller.start(Start(JobID("s"), timeout: 5))
        _ = try await controller.change(JobChange(JobID("e"), token, .extend(timeout: 6)))
        _ = try await controller.change(JobChange(JobID("a"), token, .abort()))
        _ = try await controller.change(JobChange(JobID("a"), .abort(delay: 7)))
        _ = try await controller.change(JobChange(JobID("c"), .complete))
        _ = try await controller.delete(JobID("d"))
        try await controller.deleteAll()

        #expect(
            await persistence.calls == [
                "add [\"a\"]", "addUnique b", "list f 3", "get g", "start s 5",
                "extend [\"e \(token) 6\"]", "abort [\"a \(token) 0\"]", "abort [\"a - 7\"]",
                "complete [\"c -\"]",
                "delete d", "deleteAll",
            ])
    }

    @Test("starting by type asks for one job within the configured limit, or the caller's")
    func startByType() async throws {
        let persistence = RecordingPersistence()
        let controller = controller(persistence, maxRetries: 7)

        let none = try await controller.claim(Claim(type: "t", timeout: 5, maxRetries: nil))
        _ = try await controller.claim(Claim(type: "t", timeout: 5, maxRetries: 2))
        _ = try await controller.claim(Claim(type: "t", timeout: 5, maxRetries: 0))

        #expect(none.isEmpty)
        #expect(await persistence.calls == ["start t 5 7 1", "start t 5 2 1", "start t 5 0 1"])
    }

    @Test("cleaning uses the configured limit")
    func clean() async throws {
        let persistence = RecordingPersistence()

        try await controller(persistence, maxRetries: 3).clean()
        try await JobsController(persistence: persistence).clean()

        #expect(await persistence.calls == ["clean 3", "clean 10"])
    }

    @Test("without options ten starts are the limit and a minute the interval")
    func defaults() {
        #expect(JobsController.Options().maxRetries == 10)
        #expect(JobsController.Options().cleanInterval == 60_000)
    }

    @Test("the store's answer is the caller's")
    func answers() async throws {
        let job = Job.sample(id: "x")
        let started = StartedJob(job: .running(), lockToken: token)
        let controller = controller(
            RecordingPersistence(result: .success(job), started: [started]))
        let lease = LeaseReference(id: job.id)

        #expect(try await controller.add(NewJob(type: "", refID: "")) == job)
        #expect(try await controller.addUnique(NewJob(type: "", refID: "")) == job)
        #expect(try await controller.list(JobFilter(), Paging()) == JobPage(jobs: [job], total: 1))
        #expect(try await controller.get(job.id) == job)
        #expect(try await controller.start(Start(job.id, timeout: 1)) == started)
        #expect(try await controller.claim(Claim(type: "", timeout: 1)) == [started])
        #expect(try await controller.change(JobChange(lease, .extend(timeout: 1))) == job)
        #expect(try await controller.change(JobChange(lease, .abort())) == job)
        #expect(try await controller.change(JobChange(lease, .complete)) == job)
        #expect(try await controller.delete(job.id) == job)
    }

    @Test(
        "the store's failure is the caller's",
        arguments: [
            JobsError.lockLost(JobID("x")), .unavailable(reason: "gone"),
        ])
    func failures(error: JobsError) async {
        let controller = controller(RecordingPersistence(result: .failure(error)))
        let lease = LeaseReference(id: JobID("x"), lockToken: token)

        await #expect(throws: error) { try await controller.add(NewJob(type: "", refID: "")) }
        await #expect(throws: error) { try await controller.addUnique(NewJob(type: "", refID: "")) }
        await #expect(throws: error) {
            try await controller.change(JobChange(lease, .extend(timeout: 1)))
        }
        await #expect(throws: error) { try await controller.change(JobChange(lease, .abort())) }
        await #expect(throws: error) { try await controller.change(JobChange(lease, .complete)) }
    }
}
