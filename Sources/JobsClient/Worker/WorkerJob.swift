import JobsEngine
import Logging

/// One job of a worker, from the claim until its result is reported to the service.
struct WorkerJob: Sendable {
    let run: WorkerRun
    let claimed: ClaimedJob

    private var worker: JobsWorker { run.worker }

    /// The maximum time of a claim. After a longer time, too little is left to extend the lease.
    static func longestWay(of timeout: Duration) -> Duration { timeout * 2 / 3 }

    /// Handles the job and reports its result.
    ///
    /// - Parameter sent: When the claim was sent.
    func work(since sent: WorkerLeases.Instant) async {
        let ticket = run.leases.hold(claimed.lease, since: sent)
        defer { run.leases.drop(ticket) }
        if run.isStopping { return await abort(ticket, "the worker stops") }
        // The claim took so long that the lease could end before it is extended.
        guard sent.duration(to: .now) < Self.longestWay(of: worker.timeout) else {
            return await abort(ticket, "the claim took too long")
        }
        let result = await handle(ticket)
        switch run.leases.loss(of: ticket) {
        case .lost(let reason)?:
            log(.warning, "Lost the lease: \(reason)")
            run.metrics.count(.lost)
            return
        case .stopping?:
            return await abort(ticket, "the grace period is over")
        case nil:
            if Task.isCancelled { return await abort(ticket, "the worker is cancelled") }
        }
        switch result {
        case .success: await complete(ticket)
        case .failure(let error): await fail(ticket, error)
        }
    }

    /// Runs the handler in a task that is cancelled when the lease is lost.
    private func handle(_ ticket: WorkerLeases.Ticket) async -> Result<Void, any Error> {
        log(.debug, "Handling")
        run.metrics.began()
        let start = ContinuousClock.now
        let task = Task { [worker, claimed] in try await worker.handler(claimed.job) }
        run.leases.onLoss(of: ticket) { task.cancel() }
        let result = await withTaskCancellationHandler {
            await task.result
        } onCancel: {
            task.cancel()
        }
        run.metrics.handled(in: start.duration(to: .now))
        return result
    }

    private func complete(_ ticket: WorkerLeases.Ticket) async {
        switch await report(ticket, { await run.ends.complete(claimed.lease) }) {
        case .success:
            log(.debug, "Completed")
            run.metrics.count(.completed)
        case .failure(let error) where error.kind == .lockLost:
            log(.warning, "Lost the lease before the job was completed", error)
            run.metrics.count(.lost)
        case .failure(let error):
            log(.error, "Failed to report the completion; the job will be handled again", error)
            run.metrics.count(.untold)
        }
    }

    private func fail(_ ticket: WorkerLeases.Ticket, _ error: any Error) async {
        var delay = worker.options.retryDelay.delay(claimed.job.retries)
        if let error = error as? UndecodableParams {
            delay = worker.options.undecodableDelay
            log(.error, "The params cannot be decoded; \(prospect(after: delay))", error.reason)
            run.metrics.count(.undecodable)
        } else {
            log(.error, "The handler failed; \(prospect(after: delay))", error)
            run.metrics.count(.failed)
        }
        if case .failure(let error) = await report(
            ticket, { [delay] in await run.ends.abort(claimed.lease, delay: delay) })
        {
            log(.warning, "Failed to abort the job; its lease will lapse", error)
        }
    }

    /// Describes what happens next to a failed job. Without a limit of the worker, the limit of the
    /// service applies, by default 10 attempts.
    private func prospect(after delay: Duration?) -> String {
        let attempts = claimed.job.retries
        guard attempts < worker.options.maxRetries ?? JobsController.Options().maxRetries else {
            return "no more attempts after \(attempts)"
        }
        guard let delay else { return "next attempt at once" }
        let now = Timestamp.now().milliseconds
        let (next, overflow) = now.addingReportingOverflow(delay.milliseconds)
        return "next attempt at \(Timestamp(milliseconds: overflow ? .max : next))"
    }

    /// Aborts a job that was not handled, without a delay.
    private func abort(_ ticket: WorkerLeases.Ticket, _ reason: String) async {
        let outcome = await report(ticket) { await run.ends.abort(claimed.lease, delay: nil) }
        run.metrics.count(.returned)
        if case .failure(let error) = outcome {
            log(.warning, "Failed to abort the job (\(reason)); its lease will lapse", error)
        } else {
            log(.info, "Aborted the job: \(reason)")
        }
    }

    /// Makes a call, and repeats it as long as the lease lasts and the worker has time.
    ///
    /// A repetition is safe, because no other worker can hold the lease during that time.
    private func report(
        _ ticket: WorkerLeases.Ticket, _ call: @escaping @Sendable () async -> WorkerEnds.Outcome
    ) async -> WorkerEnds.Outcome {
        // An unstructured task: the result is reported even if the current task is cancelled.
        await Task {
            var pauses = Backoff(first: .milliseconds(50), longest: .seconds(2))
            while true {
                let outcome = await call()
                guard case .failure(let error) = outcome, error.isRetryable,
                    let end = run.leases.end(of: ticket), run.leases.loss(of: ticket) == nil
                else { return outcome }
                let pause = pauses.next()
                guard ContinuousClock.now + pause < end else { return outcome }
                try? await Task.sleep(for: pause)
            }
        }.value
    }

    private func log(_ level: Logger.Level, _ message: String, _ error: (any Error)? = nil) {
        worker.logger.log(
            level: level, "\(message)", error: error, metadata: claimed.job.logMetadata)
    }
}
