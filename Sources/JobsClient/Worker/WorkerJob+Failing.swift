import JobsEngine
import Logging

/// The failure of a job whose handler threw.
extension WorkerJob {
    func fail(_ ticket: WorkerLeases.Ticket, _ error: any Error) async {
        let failure = failure(error)
        let isUndecodable = error is UndecodableParams
        metrics?.count(isUndecodable ? .undecodable : .failed)
        var (delay, limit) = (failure.delay, worker.options.maxRetries)
        var outcome = await report(ticket) { await run.ends.fail(claimed.lease, failure) }
        if case .failure(let unknown) = outcome, unknown.isUnknownOperation {
            if run.hasToldOfOldService.begin() {
                log(
                    .warning, "The service does not know failures: failed jobs are given back",
                    unknown)
            }
            // Such a service has its own limit, which is 10 by default.
            limit = limit ?? JobsController.Options().maxRetries
            delay = delay ?? RetryDelay.withoutPolicy.delay(claimed.job.retries)?.milliseconds
            outcome = await report(ticket) { [delay] in
                await run.ends.abort(claimed.lease, delay: delay.map { .milliseconds($0) })
            }
        }
        let event = isUndecodable ? "The params cannot be decoded" : "The handler failed"
        let reason = (error as? UndecodableParams)?.reason ?? error
        switch outcome {
        case .success(let job):
            log(.error, "\(event); \(prospect(of: job, delay: delay, limit: limit))", reason)
        case .failure(let error) where error.kind == .lockLost:
            log(.error, event, reason)
            log(.warning, "Lost the lease before the failure was reported", error)
        case .failure(let error):
            log(.error, event, reason)
            log(.warning, "Failed to report the failure; the lease will lapse", error)
        }
    }

    private func failure(_ error: any Error) -> Failure {
        let options = worker.options
        if let error = error as? UndecodableParams {
            return JobFailure(error.reason, delay: options.undecodableDelay).failure
        }
        var failure = (error as? JobFailure ?? JobFailure(error)).failure
        if failure.delay == nil, let delay = options.retryDelay {
            failure.delay = delay.delay(claimed.job.retries)?.milliseconds ?? 0
        }
        if let details = failure.error?.details,
            details.bytes.count > AttemptError.maximumDetailsBytes
        {
            // They would have the service refuse the failure.
            failure.error?.details = nil
            log(.warning, "Left out the details of the error: \(details.bytes.count) bytes")
        }
        return failure
    }

    /// Describes what happens next to a failed job.
    ///
    /// - Parameters:
    ///   - job: The job after the failure; `nil` if it was removed.
    ///   - delay: The delay that the worker asked for, in milliseconds; `nil` for that of the
    ///     policy.
    ///   - limit: The limit of attempts of this worker; `nil` for none.
    private func prospect(of job: Job?, delay: Int64?, limit: Int?) -> String {
        guard let job else { return "the job was removed" }
        if job.cancelled != nil { return "the job was cancelled" }
        let attempts = claimed.job.retries
        guard job.failed == nil, attempts < limit ?? .max else {
            return "no more attempts after \(attempts)"
        }
        // An earlier delay may be left from before the attempt.
        guard let next = job.delayedUntil, delay ?? 1 > 0, next > claimed.job.started ?? next else {
            return "next attempt at once"
        }
        return "next attempt at \(next)"
    }
}

extension JobFailure {
    fileprivate var failure: Failure {
        Failure(error: error, retry: retry, delay: delay?.milliseconds)
    }
}
