/// A failed attempt, as its worker reports it.
public struct Failure: Sendable, Hashable {
    /// What went wrong; `nil` if the worker does not say.
    public var error: AttemptError?
    /// Whether the job may be tried again. If not, it has failed for good.
    public var retry: Bool
    /// The delay until the next attempt, in milliseconds; `nil` for that of the policy.
    ///
    /// With 0 or less, the job can be claimed again at once.
    public var delay: Int64?
    /// The policy for a job without its own. A controller sets it.
    package var policy = RetryPolicy()
    /// The limit of starts for a job without its own. A controller sets it.
    package var maxRetries = Int.max
    /// A random number from -1 to 1, which chooses the place within the jitter of the policy. It is
    /// a part of the failure, so that every store comes to the same delay.
    package var chance: Double = 0

    /// Creates a failure.
    ///
    /// - Parameters:
    ///   - error: What went wrong.
    ///   - retry: Whether the job may be tried again.
    ///   - delay: The delay until the next attempt, in milliseconds; `nil` for that of the policy.
    public init(error: AttemptError? = nil, retry: Bool = true, delay: Int64? = nil) {
        self.error = error
        self.retry = retry
        self.delay = delay
    }

    /// Returns the delay until the next attempt of a job, in milliseconds.
    func delay(of job: Job) -> Int64 {
        if let delay { return max(delay, 0) }
        let failures = job.retries.subtractingClamped(job.budgetStart)
        return (job.retry ?? policy).delay(afterFailures: failures, chance: chance)
    }

    /// Returns why the job has failed for good; `nil` if it is tried again.
    func reasonToGiveUp(_ job: Job, delay: Int64, at now: Timestamp) -> Attempt.Reason? {
        if !retry { return .noRetry }
        if job.hasReached(maxRetries) { return .limit }
        // At its deadline a job has expired.
        if let executeUntil = job.executeUntil, now.advanced(by: delay) >= executeUntil {
            return .deadline
        }
        return nil
    }
}

/// How a job that has failed, was cancelled, or is exhausted or expired is made claimable again.
public struct Replay: Sendable, Hashable {
    /// The delay until the job can be claimed, in milliseconds. With `nil`, 0 or less, it can be
    /// claimed at once.
    public var delay: Int64?
    /// A new time to live, in milliseconds from now; `nil` keeps the old one.
    ///
    /// With 0 or less, the job does not expire. A job past its deadline is replayed only with a
    /// new time to live.
    public var ttl: Int64?
    /// The number of further starts of a job without its own limit. A controller sets it.
    package var maxRetries = Int.max
    /// The new token of the job. No client knows this token, so earlier tokens become invalid.
    package var token = LockToken.random()

    /// Creates a replay.
    ///
    /// - Parameters:
    ///   - delay: The delay until the job can be claimed, in milliseconds.
    ///   - ttl: A new time to live, in milliseconds from now; `nil` keeps the old one.
    public init(delay: Int64? = nil, ttl: Int64? = nil) {
        self.delay = delay
        self.ttl = ttl
    }
}
