import Jobs
import JobsTestSupport
import Testing

/// The table of what an operation does to a job, row by row.
@Suite("Leases")
struct LeaseRulesTests {
    /// Timeouts and where they take a lease that begins at noon.
    static let timeouts: [(Int64, Timestamp)] = [
        (0, .noon()), (1, .noon(1)), (60_000, .noon(60_000)), (-1, .noon(-1)),
        (-60_000, .noon(-60_000)), (8_640_000_000_000_000, .max), (.max, .max),
        (.min, Timestamp(milliseconds: .min)),
    ]

    @Test("a start stamps the lease, counts the try and leaves the rest", arguments: timeouts)
    func start(timeout: Int64, lockedUntil: Timestamp) {
        let job = Job.sample(
            created: -5000, executeUntil: 500, retries: 3, priority: 2, delayedUntil: -100)

        let started = job.started(at: .noon(), timeout: timeout)

        var expected = job
        expected.started = .noon()
        expected.lockedUntil = lockedUntil
        expected.retries = 4
        #expect(started == expected)
    }

    @Test("a count at an end of its range stays there", arguments: [Int.max, .min])
    func endsOfRetries(retries: Int) throws {
        let job = Job.sample(started: 0, lockedUntil: 0, retries: retries)

        let started = try #require(job.started(at: .noon(1), timeout: 0))
        let released = try #require(job.applying(.release, at: .noon()))

        #expect(started.retries == (retries == .max ? .max : .min + 1))
        #expect(released.retries == (retries == .min ? .min : .max - 1))
    }

    @Test("a lease of no length is over at once, one that is huge is live for good")
    func leaseLength() throws {
        func started(_ timeout: Int64) throws -> Job {
            try #require(Job.sample().started(at: .noon(), timeout: timeout))
        }

        #expect(try !started(0).hasLiveLease(at: .noon()))
        #expect(try started(0).started(at: .noon(), timeout: 1)?.retries == 2)
        #expect(try started(-1000).started(at: .noon(), timeout: 1)?.retries == 2)
        #expect(try started(.max).hasLiveLease(at: .noon(1_000_000_000_000)))
        #expect(try started(.max).started(at: .noon(1_000_000_000_000), timeout: 1) == nil)
    }

    @Test("a job is not started while its lease is live, and again from its end on")
    func startWhileRunning() {
        let job = Job.running()

        #expect(job.started(at: .noon(), timeout: 1) == nil)
        #expect(job.started(at: .noon(999), timeout: 1) == nil)
        #expect(job.started(at: .noon(1000), timeout: 500)?.lockedUntil == .noon(1500))
        #expect(job.started(at: .noon(1000), timeout: 500)?.started == .noon(1000))
        #expect(job.started(at: .noon(1000), timeout: 500)?.retries == 2)
    }

    @Test("a job is started until it expires, not from that moment on")
    func startExpired() {
        let job = Job.sample(executeUntil: 500)

        #expect(job.started(at: .noon(499), timeout: 1) != nil)
        #expect(job.started(at: .noon(500), timeout: 1) == nil)
        #expect(Job.running(executeUntil: 500).started(at: .noon(1000), timeout: 1) == nil)
    }

    @Test("a completed job is not started")
    func startCompleted() {
        #expect(Job.completed().started(at: .noon(), timeout: 1) == nil)
    }

    @Test("by its id a job is started before its delay is over")
    func startDelayed() {
        #expect(Job.sample(delayedUntil: 1000).started(at: .noon(), timeout: 1) != nil)
    }

    @Test("extending moves the end of the lease and nothing else", arguments: timeouts)
    func extend(timeout: Int64, lockedUntil: Timestamp) {
        let job = Job.running(executeUntil: 10_000)

        let extended = job.applying(.extend(timeout: timeout), at: .noon())

        var expected = job
        expected.lockedUntil = lockedUntil
        #expect(extended == expected)
    }

    @Test("extensions do not add up, and may shorten")
    func extendAgain() throws {
        let once = try #require(Job.running().applying(.extend(timeout: 5000), at: .noon(100)))
        let twice = try #require(once.applying(.extend(timeout: 50), at: .noon(200)))

        #expect(once.lockedUntil == .noon(5100))
        #expect(twice.lockedUntil == .noon(250))
        #expect(twice.started == .noon())
    }

    @Test("a lapsed lease that nobody took over is extended, also past the job's expiry")
    func extendLapsed() {
        #expect(
            Job.running().applying(.extend(timeout: 10), at: .noon(2000))?.lockedUntil
                == .noon(2010))
        #expect(
            Job.running(executeUntil: 500).applying(.extend(timeout: 10), at: .noon(2000))?.state(
                at: .noon(2000))
                == .running)
    }

    @Test("a job without a lease is not extended")
    func extendUnleased() {
        #expect(Job.sample().applying(.extend(timeout: 1000), at: .noon()) == nil)
        #expect(Job.sample(retries: 1).applying(.extend(timeout: 1000), at: .noon()) == nil)
        #expect(Job.completed().applying(.extend(timeout: 1000), at: .noon()) == nil)
        #expect(
            Job.sample(started: 0, completed: 0).applying(.extend(timeout: 1), at: .noon()) == nil)
    }

    @Test("an abort ends the lease and keeps the count")
    func abort() {
        let aborted = Job.running(executeUntil: 9000, retries: 4).applying(.abort(), at: .noon(1))

        var expected = Job.sample(created: -5000, executeUntil: 9000, retries: 4)
        expected.attempts = [
            Attempt(number: 4, started: .noon(), ended: .noon(1), outcome: .aborted)
        ]
        #expect(aborted == expected)
        #expect(aborted?.state(at: .noon(1)) == .ready)
        #expect(aborted?.started(at: .noon(1), timeout: 5)?.retries == 5)
    }

    @Test("an abort may delay the job from now on")
    func abortWithDelay() {
        let aborted = Job.running().applying(.abort(delay: 500), at: .noon(100))

        var expected = Job.sample(created: -5000, retries: 1, delayedUntil: 600)
        expected.attempts = [
            Attempt(
                number: 1, started: .noon(), ended: .noon(100), outcome: .aborted, delay: 500)
        ]
        #expect(aborted == expected)
        #expect(aborted?.state(at: .noon(599)) == .delayed)
        #expect(aborted?.state(at: .noon(600)) == .ready)
        #expect(aborted?.availableAt() == .noon(600))
        #expect(aborted?.started(at: .noon(100), timeout: 5)?.state(at: .noon(105)) == .ready)
        #expect(Job.running().applying(.abort(delay: 0), at: .noon())?.delayedUntil == nil)
        #expect(Job.running().applying(.abort(delay: -1), at: .noon())?.delayedUntil == nil)
    }

    @Test("an abort of a job that is not running changes nothing, and of a completed one neither")
    func abortOthers() {
        for delay in [nil, 5000] as [Int64?] {
            #expect(Job.sample(retries: 2).applying(.abort(delay: delay), at: .noon()) == nil)
            #expect(Job.completed().applying(.abort(delay: delay), at: .noon()) == nil)
        }
    }

    @Test(
        "a job is completed from every state but one, and its lease ends",
        arguments: [
            .sample(), .sample(retries: 3), .sample(delayedUntil: 9000), .running(),
            .running(executeUntil: 0), .sample(executeUntil: -5),
            .sample(started: -100, lockedUntil: -50, retries: 1),
        ] as [Job])
    func complete(job: Job) {
        let completed = job.applying(.complete, at: .noon(7))

        var expected = job
        expected.completed = .noon(7)
        expected.started = nil
        expected.lockedUntil = nil
        #expect(completed == expected)
        #expect(completed?.state(at: .noon(7)) == .completed)
    }

    @Test("a completed job is not completed again")
    func completeAgain() {
        #expect(Job.completed().applying(.complete, at: .noon()) == nil)
    }
}
