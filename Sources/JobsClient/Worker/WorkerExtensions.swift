import JobsEngine
import Logging

/// Extends leases and sends the progress of their handlers, one call at a time, so that progress
/// arrives in the order in which it was reported.
struct WorkerExtensions: Sendable {
    private typealias Ticket = WorkerLeases.Ticket

    private let lane: MergingLane<[WorkerLeases.Ticket], Void>

    init(_ worker: JobsWorker, _ leases: WorkerLeases) {
        lane = MergingLane { calls in
            await Self.extend(Set(calls.joined()), worker, leases)
            return calls.map { _ in .success(()) }
        }
    }

    /// Extends leases with one call, and records the results. Leases that are not extended end.
    func extend(_ tickets: [WorkerLeases.Ticket]) async {
        // Too many calls wait, or the task is cancelled: the next round tries again.
        try? await lane.call(tickets)
    }

    private static func extend(
        _ tickets: Set<Ticket>, _ worker: JobsWorker, _ leases: WorkerLeases
    ) async {
        let now = ContinuousClock.now
        let (client, timeout) = (worker.client, worker.timeout)
        let extensions = leases.take(Array(tickets), at: now)
        guard !extensions.isEmpty else { return }
        let results: [Result<Job?, JobsClientError>]
        do {
            results = try await within(timeout / 3) {
                try await client.change(
                    extensions.map { extended in
                        JobChange(
                            extended.lease,
                            .extend(timeout: timeout.milliseconds, progress: extended.progress))
                    })
            }
        } catch {
            if (error as? JobsClientError)?.isRetryable != false {
                for extended in extensions { leases.putBack(extended) }
            }
            if !Task.isCancelled {
                worker.logger.warning(
                    "Failed to extend \(extensions.count) leases", error: error,
                    metadata: worker.logMetadata)
            }
            return
        }
        for (extended, result) in zip(extensions, results) {
            leases.record(result, of: extended, at: now)
            if case .failure(let error) = result, error.kind != .lockLost {
                worker.logger.warning(
                    "Failed to extend a lease", error: error, metadata: worker.logMetadata)
            }
        }
    }
}

extension WorkerLeases {
    /// Records the result of an extension.
    ///
    /// - Parameter sent: When it was sent.
    fileprivate func record(
        _ result: Result<Job?, JobsClientError>, of extended: Extension, at sent: Instant
    ) {
        let ticket = extended.ticket
        switch result {
        case .success(let job?) where job.isLeased:
            renew(ticket, at: sent)
            if job.cancelRequested != nil { requestCancellation(of: ticket) }
        case .success(nil): lose(ticket, "the job was removed")
        case .success(let job?) where job.cancelled != nil: lose(ticket, "the job was cancelled")
        case .success: lose(ticket, "the job is no longer started")
        case .failure(let error) where error.kind == .lockLost:
            lose(ticket, "another client took it over")
        case .failure(let error): if error.isRetryable { putBack(extended) }
        }
    }
}
