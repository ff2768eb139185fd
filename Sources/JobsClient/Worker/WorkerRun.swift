import Logging
import ServiceLifecycle

/// One run of a worker: a loop of claims, a task for each job, and the tasks that extend leases,
/// watch leases and handle the shutdown.
struct WorkerRun: Sendable {
    let worker: JobsWorker
    let leases: WorkerLeases
    let extensions: WorkerExtensions
    let ends: WorkerEnds
    private let metrics: [String: WorkerMetrics]
    private let slots: WorkerSlots
    private let claiming = Interruptible()
    /// Whether it was logged that the service does not know failures.
    let hasToldOfOldService = Once()

    /// How long a running claim may take after a shutdown begins, since the service may hold it
    /// longer.
    private static let claimPatience = Duration.seconds(1)

    init(_ worker: JobsWorker) {
        self.worker = worker
        leases = WorkerLeases(
            timeout: worker.timeout, progressInterval: worker.options.shortestInterval)
        extensions = WorkerExtensions(worker, leases)
        ends = WorkerEnds(worker.client, limit: worker.timeout / 3)
        metrics = Dictionary(
            worker.types.map { ($0, WorkerMetrics(type: $0)) },
            uniquingKeysWith: { first, _ in first })
        slots = WorkerSlots(worker.concurrency)
    }

    func run() async {
        await withTaskGroup(of: Void.self) { keepers in
            keepers.addTask { await watchLeases() }
            keepers.addTask { await extendLeases() }
            keepers.addTask { await shutDown() }
            await withDiscardingTaskGroup { jobs in
                await claim { claimed, sent in
                    jobs.addTask {
                        await CorrelationID.$current.withValue("\(claimed.job.id)") {
                            await WorkerJob(run: self, claimed: claimed).work(since: sent)
                        }
                        slots.give(1)
                    }
                }
            }
            keepers.cancelAll()
        }
    }

    /// The metrics of jobs of a type; `nil` for a type that the worker did not ask for.
    func metrics(of type: String) -> WorkerMetrics? { metrics[type] }

    /// Claims as many jobs as there are free slots, until the worker stops.
    private func claim(_ begin: (ClaimedJob, WorkerLeases.Instant) -> Void) async {
        let wait = min(worker.options.waitTimeout, worker.timeout / 4)
        let (types, timeout, options) = (worker.types, worker.timeout, worker.options)
        var pauses = Backoff(first: .milliseconds(50), longest: worker.options.longestPause.bounded)
        var isFailing = false
        while case let free = await slots.take(), free > 0 {
            let sent = ContinuousClock.now
            do {
                let jobs = try await claiming.run {
                    try await within(WorkerJob.longestWay(of: worker.timeout)) {
                        try await worker.client.start(
                            types: types, timeout: timeout, maxJobs: free,
                            maxRetries: options.maxRetries, worker: options.workerName,
                            waitTimeout: wait)
                    }
                }
                if isFailing {
                    worker.logger.info("Claims succeed again", metadata: worker.logMetadata)
                }
                isFailing = false
                for job in jobs { begin(job, sent) }
                slots.give(free - jobs.count)
                // There are jobs, or the service has held the claim: no pause is necessary.
                if !jobs.isEmpty || (wait > .zero && sent.duration(to: .now) >= wait * 0.9) {
                    pauses.reset()
                    continue
                }
            } catch {
                slots.give(free)
                guard !slots.isClosed, !Task.isCancelled else { return }
                if !isFailing {
                    worker.logger.error(
                        "Failed to claim jobs", error: error, metadata: worker.logMetadata)
                }
                isFailing = true
            }
            let pause = pauses.next()
            // Interrupted when the worker stops, which the loop checks.
            try? await claiming.run { try await Task.sleep(for: pause) }
        }
    }

    /// Cancels handlers when their leases end, independently of the extensions.
    private func watchLeases() async {
        repeat {
            let now = ContinuousClock.now
            // A new lease always lasts longer than this pause, see `WorkerJob.work`.
            let next = min(leases.loseOverdue(at: now) ?? .distantFuture, now + worker.timeout / 12)
            do { try await Task.sleep(until: next) } catch { return }
        } while true
    }

    /// Extends leases after a third of their duration, or sooner if there is progress to send; all
    /// due leases with one call.
    private func extendLeases() async {
        let pause = min(worker.timeout / 12, worker.options.shortestInterval)
        repeat {
            let now = ContinuousClock.now
            var (due, next) = leases.due(at: now)
            if !due.isEmpty {
                await extensions.extend(due)
                next = now + pause
            }
            do { try await Task.sleep(until: min(next, now + pause)) } catch { return }
        } while true
    }

    /// Waits for the shutdown of the service group and stops the worker in steps.
    private func shutDown() async {
        do {
            try await gracefulShutdown()
            worker.logger.info("Claiming no more jobs", metadata: worker.logMetadata)
            slots.close()
            let gracePeriod = worker.options.gracePeriod.bounded
            let patience = min(Self.claimPatience, gracePeriod)
            try await Task.sleep(for: patience)
            claiming.interrupt()
            try await Task.sleep(for: gracePeriod - patience)
            leases.stopAll()
        } catch {
            // Cancelled: the run has ended, or it is cancelled together with its handlers.
            leases.stopAll()
        }
    }

    /// Whether the worker stops and must not start handlers.
    var isStopping: Bool { slots.isClosed || Task.isCancelled }
}

extension ContinuousClock.Instant {
    /// A time after every deadline of a worker.
    fileprivate static var distantFuture: Self { .now + .seconds(1 << 32) }
}
