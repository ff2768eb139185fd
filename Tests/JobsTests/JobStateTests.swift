import Jobs
import JobsTestSupport
import Testing

@Suite("States of a job")
struct JobStateTests {
    @Test("a delayed job is ready at the moment its delay is over")
    func delayed() {
        let job = Job.sample(delayedUntil: 100)

        #expect(job.state(at: .noon(99)) == .delayed)
        #expect(job.state(at: .noon(100)) == .ready)
    }

    @Test("a delayed job that was started by id and given back is ready at once")
    func delayedAborted() throws {
        let started = try #require(
            Job.sample(delayedUntil: 1000).started(at: .noon(), timeout: 100))
        let aborted = try #require(started.applying(.abort(), at: .noon(50)))

        #expect(started.state(at: .noon(50)) == .running)
        #expect(started.state(at: .noon(100)) == .ready)
        #expect(aborted.state(at: .noon(50)) == .ready)
    }

    @Test("a job runs until its lease ends, and is ready from that moment on")
    func running() {
        let job = Job.running()

        #expect(job.state(at: .noon()) == .running)
        #expect(job.state(at: .noon(999)) == .running)
        #expect(job.state(at: .noon(1000)) == .ready)
        #expect(job.hasLiveLease(at: .noon(999)))
        #expect(!job.hasLiveLease(at: .noon(1000)))
        #expect(job.isLeased)
    }

    @Test("a job expires at the moment until which it may be started")
    func expired() {
        let job = Job.sample(executeUntil: 500)

        #expect(job.state(at: .noon(499)) == .ready)
        #expect(job.state(at: .noon(500)) == .expired)
        #expect(!job.isExpired(at: .noon(499)))
        #expect(job.isExpired(at: .noon(500)))
    }

    @Test("a job that would expire runs on while its lease is live")
    func expiredWhileRunning() {
        let job = Job.running(executeUntil: 500)

        #expect(job.state(at: .noon(999)) == .running)
        #expect(!job.isExpired(at: .noon(999)))
        #expect(job.state(at: .noon(1000)) == .expired)
        #expect(job.isExpired(at: .noon(1000)))
    }

    @Test("a delayed job may expire before its delay is over")
    func expiredWhileDelayed() {
        let job = Job.sample(executeUntil: 500, delayedUntil: 1000)

        #expect(job.state(at: .noon(499)) == .delayed)
        #expect(job.state(at: .noon(500)) == .expired)
    }

    @Test("a completed job neither runs nor expires")
    func completed() {
        let job = Job.sample(lockedUntil: 5000, executeUntil: -500, completed: -1000)

        #expect(job.state(at: .noon()) == .completed)
        #expect(!job.hasLiveLease(at: .noon()))
        #expect(!job.isLeased)
        #expect(!job.isExpired(at: .noon()))
    }

    @Test("a job that was never started, and one given back, is nobody's")
    func unleased() {
        #expect(!Job.sample().isLeased)
        #expect(!Job.sample(retries: 1).isLeased)
        #expect(!Job.sample().hasLiveLease(at: .noon()))
    }

    @Test("a lease that lapsed is still its owner's")
    func lapsed() {
        #expect(Job.running().isLeased)
        #expect(!Job.running().hasLiveLease(at: .noon(60_000)))
    }

    @Test("cleaning goes by the retention of the type, where it has one")
    func typeRetention() {
        var kept = TypeRetention()
        kept.completed = 1000
        let cleaning = Cleaning(
            maxRetries: 10, retention: Retention(completed: 10, expired: 20),
            typeRetentions: [ExactText("mail"): kept])
        let isRemoved = { (job: Job, offset: Int64) in
            job.disposal(at: .noon(offset), cleaning) != nil
        }

        #expect(!isRemoved(.sample(type: "mail", completed: 0), 999))
        #expect(isRemoved(.sample(type: "mail", completed: 0), 1000))
        #expect(!isRemoved(.sample(type: "other", completed: 0), 9))
        #expect(isRemoved(.sample(type: "other", completed: 0), 10))
        #expect(!isRemoved(.sample(type: "mail", executeUntil: 0), 19))
        #expect(isRemoved(.sample(type: "mail", executeUntil: 0), 20))
    }

    @Test("cleaning removes what is over or given up, and nothing under a live lease")
    func disposable() {
        func isDisposable(_ job: Job, at offset: Int64 = 0) -> Bool {
            job.disposal(at: .noon(offset), Cleaning(maxRetries: 10)) != nil
        }

        #expect(!isDisposable(.sample()))
        #expect(!isDisposable(.sample(delayedUntil: 1000)))
        #expect(isDisposable(.completed()))
        #expect(!isDisposable(.sample(executeUntil: 1)))
        #expect(isDisposable(.sample(executeUntil: 0)))
        #expect(!isDisposable(.running(executeUntil: 0), at: 999))
        #expect(isDisposable(.running(executeUntil: 0), at: 1000))
        #expect(!isDisposable(.sample(retries: 10)))
        #expect(isDisposable(.sample(retries: 11)))
        #expect(!isDisposable(.running(retries: 11), at: 999))
        #expect(isDisposable(.running(retries: 11), at: 1000))
        #expect(!isDisposable(.running(), at: 1_000_000))
    }

    @Test("a job is available when its lease ends, or when it was due")
    func availableAt() {
        #expect(Job.sample(created: 5).availableAt() == .noon(5))
        #expect(Job.sample(created: 5, delayedUntil: 100).availableAt() == .noon(100))
        #expect(Job.running().availableAt() == .noon(1000))
        #expect(
            Job.sample(started: 0, lockedUntil: 50, delayedUntil: 100).availableAt() == .noon(50))
    }

    @Test("an abort makes a job available at once without giving it a later place")
    func availableAtAborted() {
        func availableAt(aborted: Int64, delayedUntil: Int64? = nil) -> Timestamp? {
            Job.sample(created: 5, started: 10, lockedUntil: 900, delayedUntil: delayedUntil)
                .applying(.abort(), at: .noon(aborted))?.availableAt()
        }

        #expect(availableAt(aborted: 20) == .noon(5))
        #expect(availableAt(aborted: 20, delayedUntil: 100) == .noon(20))
        #expect(availableAt(aborted: 200, delayedUntil: 100) == .noon(100))
    }
}
