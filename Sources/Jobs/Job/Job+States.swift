/// The state of a job, as functions of a job and a time.
///
/// The functions take no lock and never read a clock. A store calls them, or implements the same
/// rules in the language of its database.
extension Job {
    /// Whether the job is started and not completed. The lease may be live or lapsed.
    public var isLeased: Bool { started != nil && completed == nil }

    /// Whether the job is completed, failed or cancelled. A pending cancellation of a lease that
    /// has lapsed in the meantime is not recorded yet, see ``isEnded(at:)``.
    public var isEnded: Bool { completed != nil || failed != nil || cancelled != nil }

    /// Whether the job is completed, failed or cancelled at `now`: only a replay changes it.
    public func isEnded(at now: Timestamp) -> Bool {
        isEnded || hasUnrecordedCancellation(at: now)
    }

    /// Whether a cancellation has taken effect that is not recorded yet, because the lease has
    /// lapsed without an operation on the job.
    public func hasUnrecordedCancellation(at now: Timestamp) -> Bool {
        cancelRequested != nil && !isEnded && !hasLiveLease(at: now)
    }

    /// Whether the job is not completed and its lease ends after `now`.
    public func hasLiveLease(at now: Timestamp) -> Bool {
        guard let lockedUntil, lockedUntil > now else { return false }
        return !isEnded
    }

    /// Whether ``executeUntil`` has passed and the job has neither ended nor a live lease.
    public func isExpired(at now: Timestamp) -> Bool {
        guard let executeUntil, executeUntil <= now else { return false }
        return !hasLiveLease(at: now) && !isEnded(at: now)
    }

    /// The state at `now`.
    ///
    /// - Parameter maxRetries: The limit of starts of jobs that have no limit of their own.
    public func state(at now: Timestamp, maxRetries: Int) -> JobState {
        let state = state(at: now)
        guard state == .ready || state == .delayed, hasReached(maxRetries) else { return state }
        return .exhausted
    }

    /// The state at `now` without a limit of starts. It is never ``JobState/exhausted``.
    public func state(at now: Timestamp) -> JobState {
        if completed != nil { return .completed }
        if failed != nil { return .failed }
        if cancelled != nil { return .cancelled }
        if hasLiveLease(at: now) { return .running }
        if cancelRequested != nil { return .cancelled }
        if isExpired(at: now) { return .expired }
        // After a lease lapses the job is ready, even if it was started by id during its delay.
        return lockedUntil == nil && (delayedUntil ?? created) > now ? .delayed : .ready
    }

    /// Whether the starts of the job have reached its own limit or, if it has none, `limit`.
    public func hasReached(_ limit: Int) -> Bool {
        retries >= maxRetries ?? limit
    }

    /// When the job was cancelled, also if that is not recorded yet.
    ///
    /// - Returns: `nil` if the job is not cancelled, or a cancellation is pending.
    public func cancellation(at now: Timestamp) -> Timestamp? {
        guard hasUnrecordedCancellation(at: now) else { return cancelled }
        return lockedUntil ?? cancelRequested
    }

    /// Why a cleaning removes the job; `nil` if it keeps it.
    ///
    /// A cleaning removes jobs that have ended or expired when their retention has passed, and jobs
    /// without a live lease and without an own limit that were started more often than the limit.
    public func disposal(at now: Timestamp, _ cleaning: Cleaning) -> Disposal? {
        let kept = cleaning.retention(of: type)
        let isOver = { (since: Timestamp, retention: Int64) in
            retention <= 0 || since.advanced(by: retention) <= now
        }
        if let completed { return isOver(completed, kept.completed) ? .completed : nil }
        if let failed { return isOver(failed, kept.failed) ? .failed : nil }
        if let cancelled = cancellation(at: now) {
            return isOver(cancelled, kept.cancelled) ? .cancelled : nil
        }
        if hasLiveLease(at: now) { return nil }
        if isExpired(at: now), let executeUntil, isOver(executeUntil, kept.expired) {
            return .expired
        }
        return maxRetries == nil && retries > cleaning.maxRetries ? .exhausted : nil
    }

    /// Why a cleaning removes a job.
    public enum Disposal: Sendable {
        /// The job was completed, and its retention has passed.
        case completed
        /// The job has failed, and its retention has passed.
        case failed
        /// The job was cancelled, and its retention has passed.
        case cancelled
        /// The job has expired, and its retention has passed.
        case expired
        /// The job was started more often than the limit.
        case exhausted
    }

    /// Returns when the job can next be claimed by type.
    ///
    /// This is the end of the lease, else the end of the delay, else the creation. Jobs of the same
    /// priority are claimed in the order of this time, so an aborted job keeps its place.
    public func availableAt() -> Timestamp {
        lockedUntil ?? delayedUntil ?? created
    }
}
