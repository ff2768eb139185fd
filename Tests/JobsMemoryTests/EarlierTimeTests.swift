import Jobs
import JobsMemory
import Testing

@Suite("Jobs with a time that goes back")
struct EarlierTimeTests {
    private let now = Timestamp(milliseconds: 1_800_000_000_000)

    @Test("a job that is no longer ready at the time of a claim waits, and is not lost")
    func claims() {
        var jobs = MemoryJobs()
        let leased = (0..<2).map { jobs.add(NewJob(type: "t", refID: "\($0)"), at: now).id }
        for id in leased { _ = jobs.start(Start(id, timeout: 1000), at: now) }
        let delayed = jobs.add(NewJob(type: "t", refID: "2", delay: 1000), at: now).id
        _ = jobs.nextAvailability(of: "t", at: now.advanced(by: 1001))

        #expect(claimed(&jobs, at: now.advanced(by: 500)) == [])
        #expect(jobs.nextAvailability(of: "t", at: now.advanced(by: 500)) == 500)

        #expect(claimed(&jobs, at: now.advanced(by: 1000)) == leased + [delayed])
    }

    @Test("a claim skips jobs that are no longer ready")
    func rest() {
        var jobs = MemoryJobs()
        let leased = jobs.add(NewJob(type: "t", refID: "1", priority: 1), at: now).id
        _ = jobs.start(Start(leased, timeout: 1000), at: now)
        let ready = jobs.add(NewJob(type: "t", refID: "2"), at: now).id
        _ = jobs.nextAvailability(of: "t", at: now.advanced(by: 1001))

        #expect(claimed(&jobs, at: now.advanced(by: 500)) == [ready])
    }

    private func claimed(_ jobs: inout MemoryJobs, at time: Timestamp) -> [JobID] {
        jobs.claim(Claim(type: "t", timeout: 60_000, maxRetries: 10, limit: 5), at: time).map(
            \.job.id)
    }
}
