import Logging
import ServiceLifecycle

/// One run of a worker: a loop of claims, a task for each job, and the tasks that extend leases,
/// watch leases and handle the shutdown.
struct WorkerRun: Sendable {
    let worker: JobsWorker
    let leases: WorkerLeases
    let ends: WorkerEnds
    let metrics: WorkerMetrics
    private let slots: WorkerSlots
    private let claiming = Interruptible()

    /// How long a running claim may take after a shutdown begins, since the service may hold it
    /// longer.
    private static let claimPatience = Duration.seconds(1)

    init(_ worker: JobsWorker) {
        self.worker = worker
        leases = WorkerLeases(timeout: worker.timeout)
        ends = WorkerEnds(worker.client, limit: worker.timeout / 3)
        metrics = WorkerMetrics(type: worker.type)
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

    /// Claims as many jobs as there are free slots, until the worker stops.
    private func claim(_ begin: (ClaimedJob, WorkerLeases.Instant) -> Void) async {
        let wait = min(worker.options.waitTimeout, worker.timeout / 4)
        var pauses = Backoff(first: .milliseconds(50), longest: worker.options.longestPause.bounded)
        var isFailing = false
        while case let free = await slots.take(), free > 0 {
            let sent = ContinuousClock.now
            do {
                let jobs = try await claiming.run {
                    try await within(WorkerJob.longestWay(of: worker.timeout)) {
                        try await worker.client.start(
                            type: worker.type, timeout: worker.timeout, maxJobs: free,
                            maxRetries: worker.options.maxRetries, waitTimeout: wait)
                    }
                }
                if isFailing { worker.logger.info("Claims succeed again", metadata: metadata) }
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
                    worker.logger.error("Failed to claim jobs", error: error, metadata: metadata)
                }
                isFailing = true
            }
            let pause = pauses.next()
            // Interrupted when the worker stops, which the loop checks.
            try? await claiming.run { try await Task.sleep(for: pause) }
        }
    }

    private var metadata: Logger.Metadata { ["type": "\(worker.type)"] }

    /// Cancels handlers when their leases end, independently of the extensions.
    private func watchLeases() async {
        repeat {
            let now = ContinuousClock.now
            // A new lease always lasts longer than this pause, see `WorkerJob.work`.
            let next = min(leases.loseOverdue(at: now) ?? .distantFuture, now + worker.timeout / 12)
            do { try await Task.sleep(until: next) } catch { return }
        } while true
    }

    /// Extends leases after a third of their duration, all due leases with one call.
    private func extendLeases() async {
        let pause = worker.timeout / 12
        repeat {
            let now = ContinuousClock.now
            var (due, next) = leases.due(at: now)
            if !due.isEmpty {
                await extend(due, at: now)
                next = now + pause
            }
            do { try await Task.sleep(until: min(next, now + pause)) } catch { return }
        } while true
    }

    private func extend(
        _ due: [(ticket: WorkerLeases.Ticket, lease: LeaseReference)],
        at now: WorkerLeases.Instant
    ) async {
        let timeout = worker.timeout
        let client = worker.client
        let results: [Result<Job?, JobsClientError>]
        do {
            let extensions = due.map {
                JobChange($0.lease, .extend(timeout: timeout.milliseconds))
            }
            results = try await within(timeout / 3) { try await client.change(extensions) }
        } catch {
            // The next round tries again. Without a success, the leases end.
            if !Task.isCancelled {
                worker.logger.warning(
                    "Failed to extend \(due.count) leases", error: error, metadata: metadata)
            }
            return
        }
        for ((ticket, _), result) in zip(due, results) {
            switch result {
            case .success(let job?) where job.isLeased: leases.renew(ticket, at: now)
            case .success(nil): leases.lose(ticket, "the job was removed")
            case .success: leases.lose(ticket, "the job is no longer started")
            case .failure(let error) where error.kind == .lockLost:
                leases.lose(ticket, "another client took it over")
            case .failure(let error):
                worker.logger.warning(
                    "Failed to extend a lease", error: error, metadata: metadata)
            }
        }
    }

    /// Waits for the shutdown of the service group and stops the worker in steps.
    private func shutDown() async {
        do {
            try await gracefulShutdown()
            worker.logger.info("Claiming no more jobs", metadata: metadata)
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
