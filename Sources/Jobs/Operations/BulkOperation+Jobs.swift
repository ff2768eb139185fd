/// The jobs of an operation, and what is done to them.
extension BulkOperation {
    /// The filter of the jobs that the operation may treat; `nil` if there can be none.
    ///
    /// Of jobs that are replayed, it leaves out those that were started or have ended after the operation
    /// was asked for: a job that fails again is not replayed twice by one operation, also if an instance
    /// repeats what another one did not record any more.
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

    /// What is done to each job.
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
    /// Whether the job was started, or an attempt or the job has ended, after a time.
    func wasTouched(after time: Timestamp) -> Bool {
        [started, lockedUntil, failed, cancelled, completed, attempts.last?.ended]
            .contains { $0.map { $0 > time } ?? false }
    }
}
