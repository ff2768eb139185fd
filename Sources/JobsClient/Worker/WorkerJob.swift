import JobsEngine
import Logging

/// One job of a worker, from the claim until its result is reported to the service.
struct WorkerJob: Sendable {
    let run: WorkerRun
    let claimed: ClaimedJob

    var worker: JobsWorker { run.worker }
    var metrics: WorkerMetrics? { run.metrics(of: claimed.job.type) }

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
            metrics?.count(.lost)
            return
        case .stopping?:
            return await abort(ticket, "the grace period is over")
        case nil:
            if Task.isCancelled { return await abort(ticket, "the worker is cancelled") }
        }
        if run.leases.isCancelRequested(ticket) {
            return await abort(ticket, "it is to be cancelled", as: .cancelled)
        }
        switch result {
        case .success(let result): await complete(ticket, result)
        case .failure(let error): await fail(ticket, error)
        }
    }

    /// Runs the handler in a task that is cancelled when the handler has to stop.
    private func handle(_ ticket: WorkerLeases.Ticket) async -> Result<JSONText?, any Error> {
        log(.debug, "Handling")
        metrics?.began()
        let start = ContinuousClock.now
        let context = JobContext(run.leases, ticket)
        let task = Task { [worker, claimed] in try await worker.handler(claimed.job, context) }
        run.leases.onStop(of: ticket) { task.cancel() }
        let result = await withTaskCancellationHandler {
            await task.result
        } onCancel: {
            task.cancel()
        }
        metrics?.handled(in: start.duration(to: .now))
        return result
    }

    private func complete(_ ticket: WorkerLeases.Ticket, _ result: JSONText?) async {
        switch await report(ticket, { await run.ends.complete(claimed.lease, result: result) }) {
        case .success(let job?) where job.completed == nil:
            let end = job.cancelled == nil ? "had ended" : "was cancelled"
            log(.warning, "The job \(end) before it was completed")
            metrics?.count(.lost)
        case .success:
            log(.debug, "Completed")
            metrics?.count(.completed)
        case .failure(let error) where error.kind == .lockLost:
            log(.warning, "Lost the lease before the job was completed", error)
            metrics?.count(.lost)
        case .failure(let error) where error.isAboutContent && result != nil:
            // The next attempt would have the same result.
            await fail(
                ticket, JobFailure("\(error)", type: "ResultRefused", retry: false))
        case .failure(let error):
            log(.error, "Failed to report the completion; the job will be handled again", error)
            metrics?.count(.untold)
        }
    }

    /// Gives back a job that was not handled, without a delay.
    private func abort(
        _ ticket: WorkerLeases.Ticket, _ reason: String,
        as outcome: WorkerMetrics.Outcome = .returned
    ) async {
        metrics?.count(outcome)
        let outcome = await report(ticket) { await run.ends.abort(claimed.lease, delay: nil) }
        if case .failure(let error) = outcome {
            log(.warning, "Failed to abort the job (\(reason)); its lease will lapse", error)
        } else {
            log(.info, "Aborted the job: \(reason)")
        }
    }

    /// Sends the last progress, then makes a call, and repeats it as long as the lease lasts and
    /// the worker has time.
    ///
    /// A repetition is safe, because no other worker can hold the lease during that time.
    func report(
        _ ticket: WorkerLeases.Ticket, _ call: @escaping @Sendable () async -> WorkerEnds.Outcome
    ) async -> WorkerEnds.Outcome {
        // An unstructured task: the result is reported even if the current task is cancelled.
        await Task {
            if run.leases.hasProgress(ticket) { await run.extensions.extend([ticket]) }
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

    func log(_ level: Logger.Level, _ message: String, _ error: (any Error)? = nil) {
        worker.logger.log(
            level: level, "\(message)", error: error, metadata: claimed.job.logMetadata)
    }
}
