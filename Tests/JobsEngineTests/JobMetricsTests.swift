import CoreMetrics
import Jobs
import JobsEngine
import JobsTestSupport
import MetricsTestKit
import Testing

@Suite("What is counted of jobs")
struct JobMetricsTests {
    private let metrics: TestMetrics
    private let jobMetrics: JobMetrics

    init() {
        metrics = TestMetrics()
        jobMetrics = JobMetrics(factory: metrics)
    }

    private func controller(_ persistence: RecordingPersistence) -> JobsController {
        JobsController(persistence: persistence, observer: jobMetrics)
    }

    private func count(_ name: String, type: String = "mail") -> Int64 {
        (try? metrics.expectCounter(name, [("type", type)]).totalValue) ?? 0
    }

    private func started(_ job: Job) -> StartedJob { StartedJob(job: job, lockToken: .random()) }

    @Test("a claim counts what it is answered with, or that it is nothing")
    func claims() async throws {
        let job = Job.sample(type: "mail")
        let controller = controller(RecordingPersistence(started: [started(job), started(job)]))
        let idle = self.controller(RecordingPersistence())

        _ = try await controller.claim(Claim(type: "mail", timeout: 1, limit: 2))
        _ = try await controller.start(Start(job.id, timeout: 1))
        _ = try await idle.claim(Claim(type: "mail", timeout: 1))
        _ = try await idle.claim(
            Claim(type: "mail", timeout: 1, limit: 5), ClaimWait(milliseconds: 20))
        _ = try await idle.start(Start(job.id, timeout: 1))

        #expect(count("jobs_claims_total") == 3)
        #expect(count("jobs_empty_claims_total") == 2)
    }

    @Test("how long a job waited counts once, from its creation or from the end of its delay")
    func waits() async throws {
        var job = Job.sample(type: "mail", retries: 1)
        job.started = job.created.advanced(by: 5000)
        var delayed = job
        delayed.delayedUntil = job.created.advanced(by: 3000)
        var again = job
        again.retries = 2
        let controller = controller(
            RecordingPersistence(started: [job, delayed, again].map(started)))

        _ = try await controller.claim(Claim(type: "mail", timeout: 1, limit: 3))

        let timer = try metrics.expectTimer("jobs_add_to_claim_seconds", [("type", "mail")])
        #expect(timer.values == [5_000_000_000, 2_000_000_000])
    }

    @Test("times that are longer than a timer takes count as the longest")
    func longTimes() async throws {
        var job = Job.sample(type: "mail", retries: 1)
        job.created = .min
        job.started = .max
        let controller = controller(RecordingPersistence(started: [started(job)]))

        _ = try await controller.claim(Claim(type: "mail", timeout: 1))
        for (completed, started) in [(Timestamp.max, Timestamp.min), (.min, .max)] {
            job.completed = completed
            jobMetrics.observe(.completed(job, started: started))
        }

        let waits = try metrics.expectTimer("jobs_add_to_claim_seconds", [("type", "mail")])
        #expect(waits.values == [.max])
        let works = try metrics.expectTimer("jobs_claim_to_complete_seconds", [("type", "mail")])
        #expect(works.values == [.max, 0])
    }

    @Test("extensions and aborts count where they meant something")
    func changes() async throws {
        var leased = Job.sample(type: "mail")
        leased.started = leased.created
        var over = leased
        over.completed = over.created
        let lease = LeaseReference(id: leased.id)

        for job in [leased, over] {
            let controller = controller(RecordingPersistence(result: .success(job)))
            _ = try await controller.change(JobChange(lease, .extend(timeout: 1)))
            _ = try await controller.change([JobChange(lease, .extend(timeout: 1))])
            _ = try await controller.change(JobChange(lease, .abort()))
        }

        #expect(count("jobs_extensions_total") == 2)
        #expect(count("jobs_aborts_total") == 1)
    }

    @Test("every call that has lost its lease counts, and no other failure")
    func lostLeases() async throws {
        let lease = LeaseReference(id: JobID("x"))
        let failures: [JobsError] = [.lockLost(lease.id), .overloaded]

        for error in failures {
            let controller = controller(RecordingPersistence(result: .failure(error)))
            _ = try? await controller.change(JobChange(lease, .extend(timeout: 1)))
            _ = try? await controller.change(JobChange(lease, .abort()))
            _ = try? await controller.change(JobChange(lease, .complete))
            _ = try await controller.change([
                JobChange(lease, .complete), JobChange(lease, .complete),
            ])
        }

        #expect(try metrics.expectCounter("jobs_leases_lost_total").totalValue == 5)
    }

    private func failedJob(_ errorType: String?, isDead: Bool = false) -> Job {
        var job = Job.sample(type: "mail", retries: 2)
        job.attempts = [
            Attempt(
                number: 2, started: nil, ended: job.created, outcome: .failed,
                error: errorType.map { AttemptError(type: $0) })
        ]
        if isDead { job.failed = job.created }
        return job
    }

    private func failures(_ errorType: String) -> Int64? {
        try? metrics.expectCounter(
            "jobs_failed_attempts_total", [("type", "mail"), ("error_type", errorType)]
        ).totalValue
    }

    @Test("failed attempts count by the type of their error, and dead letters by type")
    func failedAttempts() {
        for job in [failedJob("Timeout"), failedJob("Timeout", isDead: true), failedJob(nil)] {
            jobMetrics.observe(.failed(job))
        }

        #expect(failures("Timeout") == 2)
        #expect(failures("none") == 1)
        #expect(count("jobs_dead_letters_total") == 1)
    }

    @Test("types of errors beyond the first twenty count together, and names have an end")
    func errorTypes() {
        jobMetrics.observe(.failed(failedJob("other")))
        jobMetrics.observe(.failed(failedJob(nil)))
        for index in 0..<50 { jobMetrics.observe(.failed(failedJob("E\(index)"))) }
        jobMetrics.observe(.failed(failedJob("E0")))

        let labels = metrics.counters.filter { $0.label == "jobs_failed_attempts_total" }
            .flatMap(\.dimensions).filter { $0.0 == "error_type" }.map(\.1)
        #expect(Set(labels) == Set((0..<20).map { "E\($0)" } + ["none", "other"]))
        #expect(failures("E0") == 2)
        #expect(failures("other") == 31)
        let long = JobMetrics(factory: metrics)
        long.observe(.failed(failedJob(String(repeating: "x", count: 200))))
        #expect(failures(String(repeating: "x", count: 128)) == 1)
    }

    @Test("cancellations, replays, attempts and the reasons of cleaning count")
    func outcomes() throws {
        var completed = Job.sample(type: "mail", retries: 3)
        completed.completed = completed.created

        for _ in 0..<5 { jobMetrics.observe(.cancelled(.sample(type: "mail"))) }
        jobMetrics.observe(.replayed(failedJob(nil)))
        jobMetrics.observe(.completed(completed, started: nil))
        jobMetrics.observe(.cleaned(CleanedJobs(failed: 2, cancelled: 3)))

        #expect(count("jobs_cancelled_total") == 5)
        #expect(count("jobs_replayed_total") == 1)
        let attempts = try metrics.expectRecorder(
            "jobs_attempts_per_completion", [("type", "mail")])
        #expect(attempts.values == [3])
        let cleaned = { (reason: String) in
            try metrics.expectCounter("jobs_cleaned_total", [("reason", reason)]).totalValue
        }
        #expect(try cleaned("failed") == 2)
        #expect(try cleaned("cancelled") == 3)
    }

    @Test("types beyond the first hundred count together, and names have an end")
    func bounds() {
        let jobMetrics = JobMetrics(factory: metrics)

        for index in 0..<200 { jobMetrics.of("type \(index)").added.increment() }
        jobMetrics.of("type 0").added.increment()

        let dimensions = metrics.counters.flatMap(\.dimensions)
        let labels = Set(dimensions.filter { $0.0 == "type" }.map(\.1))
        #expect(labels.count == JobMetrics.maximumTypes + 1)
        #expect(count("jobs_added_total", type: "type 0") == 2)
        #expect(count("jobs_added_total", type: "other") == 100)
        let long = JobMetrics(factory: metrics).of(String(repeating: "x", count: 10_000)).label
        #expect(long == String(repeating: "x", count: 128))
    }

    @Test("claims of types that have no jobs take no place from those that have")
    func unknownTypes() async throws {
        let controller = controller(RecordingPersistence(started: [started(.sample(type: "mail"))]))
        let idle = self.controller(RecordingPersistence())

        for index in 0..<200 { _ = try await idle.claim(Claim(type: "none \(index)", timeout: 1)) }
        _ = try await controller.claim(Claim(type: "mail", timeout: 1))
        _ = try await idle.claim(Claim(type: "mail", timeout: 1))

        #expect(count("jobs_claims_total", type: "mail") == 1)
        #expect(count("jobs_empty_claims_total", type: "mail") == 1)
        #expect(count("jobs_empty_claims_total", type: "other") == 200)
    }

    @Test("what is merged into one command counts as one batch")
    func batches() async throws {
        try await withMetricsFactory(metrics) {
            let store = MergingJobsPersistence(RecordingPersistence())
            _ = try await store.add([NewJob(type: "a", refID: "1"), NewJob(type: "a", refID: "2")])
            _ = try await store.claim(Claim(type: "a", timeout: 1, maxRetries: 1, limit: 5))
        }

        for operation in ["add", "start"] {
            let sizes = try metrics.expectRecorder("jobs_batch_size", [("operation", operation)])
            #expect(sizes.values == [1])
        }
    }
}
