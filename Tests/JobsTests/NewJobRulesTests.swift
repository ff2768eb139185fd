import JSON
import Jobs
import JobsTestSupport
import Testing

@Suite("A new job")
struct NewJobRulesTests {
    private func created(_ new: NewJob) -> Job {
        Job(new, id: JobID("1"), at: .noon())
    }

    @Test("it has what its producer asked for, and no more")
    func fields() throws {
        let params = try JSONText("{\"a\":1}")

        let job = created(
            NewJob(type: "mail", refID: "r", ttl: 5000, params: params, priority: 3, delay: 200))

        #expect(
            job
                == .sample(
                    id: "1", refID: "r", params: params, executeUntil: 5000, priority: 3,
                    delayedUntil: 200))
        #expect(job.state(at: .noon()) == .delayed)
    }

    @Test("without a delay it is ready at once")
    func ready() {
        let job = created(NewJob(type: "mail", refID: "ref"))

        #expect(job == .sample(id: "1"))
        #expect(job.state(at: .noon()) == .ready)
        #expect(job.availableAt() == .noon())
    }

    @Test(
        "a ttl of 0 and less never expires, others count from the creation",
        arguments: [
            (0, nil), (-1, nil), (.min, nil), (1, .noon(1)), (60_000, .noon(60_000)),
            (8_640_000_000_000_000, .max), (.max, .max),
        ] as [(Int64, Timestamp?)])
    func ttl(ttl: Int64, executeUntil: Timestamp?) {
        let job = created(NewJob(type: "mail", refID: "r", ttl: ttl))

        #expect(job.executeUntil == executeUntil)
        #expect(job.started(at: .noon(), timeout: 1) != nil)
        #expect(job.disposal(at: .noon(), Cleaning(maxRetries: 10)) == nil)
    }

    @Test(
        "a delay of 0 and less is none, others count from the creation",
        arguments: [
            (nil, nil), (0, nil), (-1, nil), (.min, nil), (1, .noon(1)), (.max, .max),
        ] as [(Int64?, Timestamp?)])
    func delay(delay: Int64?, delayedUntil: Timestamp?) {
        let job = created(NewJob(type: "mail", refID: "r", delay: delay))

        #expect(job.delayedUntil == delayedUntil)
        #expect(job.availableAt() == delayedUntil ?? .noon())
        #expect(job.state(at: .noon()) == (delayedUntil == nil ? .ready : .delayed))
    }
}
