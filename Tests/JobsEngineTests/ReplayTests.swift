import Jobs
import JobsEngine
import JobsMemory
import JobsTestSupport
import Testing

@Suite("Replays of many jobs")
struct ReplayTests {
    private let clock = SetClock()
    private let jobs: JobsController

    init() {
        let clock = clock
        jobs = JobsController(
            persistence: MemoryJobsPersistence(maxPageSize: 7, clock: { clock.now() }),
            options: .init(maxRetries: 2))
    }

    /// Adds jobs that have failed.
    @discardableResult
    private func addFailed(_ count: Int, type: String = "mail", ttl: Int64 = 0) async throws
        -> [JobID]
    {
        var ids: [JobID] = []
        for number in 0..<count {
            let job = try await jobs.add(NewJob(type: type, refID: "\(number)", ttl: ttl))
            let started = try #require(try await jobs.start(Start(job.id, timeout: 60_000)))
            let failure = Failure(error: AttemptError(type: "E\(number % 2)"), retry: false)
            _ = try await jobs.change(JobChange(job.id, started.lockToken, .fail(failure)))
            ids.append(job.id)
        }
        return ids
    }

    private func filter(_ change: (inout JobFilter) -> Void) -> JobFilter {
        var filter = JobFilter()
        change(&filter)
        return filter
    }

    @Test("all jobs of a filter are replayed, oldest first, and no other")
    func filtered() async throws {
        let failed = try await addFailed(20)
        try await addFailed(3, type: "other")

        let replayed = try await jobs.replay(
            ReplayRequest(
                filter: filter {
                    $0.type = "mail"
                    $0.errorType = "E1"
                }))

        let expected = failed.indices.filter { $0 % 2 == 1 }.map { failed[$0] }
        #expect(replayed == ReplayedJobs(ids: expected))
        let left = try await jobs.list(filter { $0.state = .failed }, Paging(wantsTotal: true))
        #expect(left.total == 13)
        for id in expected { #expect(try await jobs.get(id)?.maxRetries == 3) }
    }

    @Test("a maximum takes the oldest jobs of all states")
    func maximum() async throws {
        let failed = try await addFailed(2)
        let cancelled = try await jobs.add(NewJob(type: "mail", refID: "c"))
        _ = try await jobs.change(JobChange(cancelled.id, .cancel))
        let later = try await addFailed(9)
        _ = try await jobs.add(NewJob(type: "mail", refID: "ready"))

        let replayed = try await jobs.replay(
            ReplayRequest(filter: filter { $0.type = "mail" }, maxJobs: 5))

        #expect(replayed.ids == failed + [cancelled.id] + later.prefix(2))
    }

    @Test("a dry run changes nothing")
    func dryRun() async throws {
        let failed = try await addFailed(12)
        let request = ReplayRequest(
            filter: filter { $0.state = .failed }, maxJobs: 10, isDryRun: true)

        #expect(try await jobs.replay(request).ids == Array(failed.prefix(10)))
        #expect(try await jobs.replay(request).ids == Array(failed.prefix(10)))
    }

    @Test("unknown ids and jobs in other states are passed over")
    func ids() async throws {
        let failed = try await addFailed(3)
        let ready = try await jobs.add(NewJob(type: "mail", refID: "ready"))
        let other = try await addFailed(1, type: "other")
        let ids = [JobID("unknown"), ready.id, failed[2], failed[0], failed[0]] + other

        #expect(
            try await jobs.replay(ReplayRequest(ids: ids, filter: filter { $0.type = "mail" })).ids
                == [failed[0], failed[2]])
        #expect(try await jobs.replay(ReplayRequest(ids: ids)).ids == other)
        #expect(
            try await jobs.replay(ReplayRequest(ids: failed, filter: filter { $0.state = .ready }))
                == ReplayedJobs())
    }

    @Test("jobs past their deadline are replayed only with a new one")
    func deadline() async throws {
        let failed = try await addFailed(2, ttl: 1000)
        let expired = try await jobs.add(NewJob(type: "mail", refID: "e", ttl: 1000))
        clock.advance(by: 2000)
        let all = failed + [expired.id]

        #expect(try await jobs.replay(ReplayRequest(ids: all)) == ReplayedJobs())
        let replayed = try await jobs.replay(
            ReplayRequest(ids: all, replay: Replay(delay: 10, ttl: 5000)))
        #expect(replayed.ids == all)
        let job = try #require(try await jobs.get(expired.id))
        #expect(job.state(at: clock.now()) == .delayed)
        #expect(job.executeUntil == clock.now().advanced(by: 5000))
    }

    @Test("a unique job whose key another one has is skipped, and counted")
    func unique() async throws {
        let first = try await jobs.addUnique(NewJob(type: "mail", refID: "1"))
        _ = try await jobs.change(JobChange(first.id, .cancel))
        _ = try await jobs.addUnique(NewJob(type: "mail", refID: "1"))

        #expect(try await jobs.replay(ReplayRequest(ids: [first.id])) == ReplayedJobs(skipped: 1))
    }

    @Test("a cancellation by a lapse is shown although it is not recorded")
    func unrecorded() async throws {
        let job = try await jobs.add(NewJob(type: "mail", refID: "1"))
        let started = try #require(try await jobs.start(Start(job.id, timeout: 1000)))
        _ = try await jobs.change(JobChange(job.id, .cancel))
        clock.advance(by: 2000)

        for shown in [
            try await jobs.get(job.id),
            try await jobs.list(filter { $0.state = .cancelled }, Paging()).jobs.first,
            try await jobs.change(JobChange(job.id, started.lockToken, .complete)),
        ] {
            #expect(shown?.cancelled == started.job.lockedUntil)
            #expect(shown?.attempts.last?.outcome == .cancelled)
            #expect(shown?.completed == nil)
        }
        #expect(try await jobs.replay(ReplayRequest(ids: [job.id])).ids == [job.id])
    }
}
