/// The jobs of an operation, and what is done to them.
extension BulkOperation {
    /// The filter of the jobs that the operation may treat; `nil` if there can be none.
    ///
    /// A replay leaves out jobs that were started or have ended since the operation was requested.
    /// So one operation does not replay a job twice if the job fails again, or if an instance
    /// repeats a batch that another one did not record.
    ///
    /// - Parameter maxRetries: The limit of starts of jobs without their own.
    package func candidates(maxRetries: Int) -> JobFilter? {
        var filter = filter
        filter.maxRetries = maxRetries
        filter.created.to = filter.created.to.map { min($0, before) } ?? before
        if action == .replay { filter.untouchedSince = created }
        guard let states else { return filter }
        if let wanted = filter.state {
            guard states.contains(wanted) else { return nil }
        } else {
            filter.states = states
        }
        return filter
    }

    /// The states of the jobs that the action applies to; `nil` for all.
    private var states: Set<JobState>? {
        switch action {
        case .replay:
            // Every expired job is past its deadline.
            ttl == nil
                ? [.failed, .cancelled, .exhausted] : [.failed, .cancelled, .exhausted, .expired]
        case .cancel, .complete: [.delayed, .ready, .running, .exhausted, .expired]
        default: nil
        }
    }

    /// The work on each job.
    ///
    /// - Parameter maxRetries: The limit of starts of jobs without their own.
    package func work(maxRetries: Int) -> BulkWork {
        switch action {
        case .replay:
            var replay = Replay(delay: delay, ttl: ttl)
            replay.maxRetries = maxRetries
            return .change(.replay(replay))
        case .cancel: return .change(.cancel)
        case .complete: return .change(.complete)
        case .delete: return .delete
        default: preconditionFailure("\(action.rawValue) does nothing to jobs")
        }
    }
}

extension Job {
    /// Whether a start, an end, an ended attempt or the end of a lease of the job is after a time.
    func wasTouched(after time: Timestamp) -> Bool {
        [started, lockedUntil, failed, cancelled, completed, attempts.last?.ended]
            .contains { $0.map { $0 > time } ?? false }
    }
}
