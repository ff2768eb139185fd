import JSON

/// The rules for changes of a job, as functions from a job and a time to a job.
///
/// The functions take no lock and never read a clock. A store calls them, or implements the same
/// rules in the language of its database. A result of `nil` means that nothing changes.
extension Job {
    /// Returns the job with a new lease.
    ///
    /// If the job had a lapsed lease, that attempt is recorded.
    ///
    /// - Parameters:
    ///   - now: The time of the start.
    ///   - timeout: The duration of the lease, in milliseconds.
    ///   - worker: The name of the worker; `nil` if it gave none.
    /// - Returns: The started job; `nil` if the job has ended or expired, or is under a live lease.
    public func started(at now: Timestamp, timeout: Int64, worker: String? = nil) -> Job? {
        started(at: now, timeout: timeout, for: ClaimCaller(worker: worker))
    }

    /// Returns the job with a new lease for a caller of a claim.
    package func started(at now: Timestamp, timeout: Int64, for caller: ClaimCaller) -> Job? {
        guard !isEnded(at: now), !hasLiveLease(at: now), !isExpired(at: now) else { return nil }
        var job = self
        job.recordLapse()
        job.started = now
        job.lockedUntil = now.advanced(by: timeout)
        job.retries = retries.addingClamped(1)
        if job.worker != caller.worker { job.worker = caller.worker }
        if job.claimRequest != caller.request { job.claimRequest = caller.request }
        return job
    }

    /// Returns the job after an act at `now`, or `nil` if the act does not apply to the job.
    ///
    /// Except for a replay, an act does not apply to a job that has ended.
    public func applying(_ act: Act, at now: Timestamp) -> Job? {
        switch act {
        case .replay(let replay): return replayed(replay, at: now)
        case .settle: return settled(at: now)
        default: break
        }
        guard !isEnded(at: now) else { return nil }
        return switch act {
        case .extend(let timeout, let progress):
            extended(at: now, timeout: timeout, progress: progress)
        case .abort(let delay): aborted(at: now, delay: delay)
        case .complete(let result): completed(at: now, result: result)
        case .fail(let failure): failed(failure, at: now)
        case .cancel: cancelled(at: now)
        case .release: released(at: now)
        case .replay, .settle: nil
        }
    }

    /// Returns the job with its cancellation, if that has taken effect but is not recorded yet.
    public func settled(at now: Timestamp) -> Job? {
        guard hasUnrecordedCancellation(at: now) else { return nil }
        return cancelled(at: lockedUntil ?? cancelRequested ?? now, error: nil)
    }

    private func extended(at now: Timestamp, timeout: Int64, progress: JSONText?) -> Job? {
        guard started != nil else { return nil }
        var job = self
        job.lockedUntil = now.advanced(by: timeout)
        if let progress { job.progress = progress }
        return job
    }

    private func aborted(at now: Timestamp, delay: Int64?) -> Job? {
        guard started != nil || lockedUntil != nil else { return nil }
        if cancelRequested != nil { return cancelled(at: now, error: nil) }
        let delay = delay.flatMap { $0 > 0 ? $0 : nil }
        var job = self
        job.endLease(.aborted, at: now, delay: delay)
        job.delay(by: delay, from: now)
        return job
    }

    private func completed(at now: Timestamp, result: JSONText?) -> Job? {
        var job = self
        job.endLease()
        job.leaveErrorGroup()
        job.completed = now
        if let result { job.result = result }
        return job
    }

    private func failed(_ failure: Failure, at now: Timestamp) -> Job? {
        guard started != nil else { return nil }
        if cancelRequested != nil { return cancelled(at: now, error: failure.error) }
        let delay = failure.delay(of: self)
        var job = self
        job.error = failure.error
        job.errorKey = ErrorKey.of(failure.error)
        job.errored = now
        if let reason = failure.reasonToGiveUp(self, delay: delay, at: now) {
            job.endLease(.failed, at: now, error: failure.error, reason: reason)
            job.failed = now
        } else {
            job.endLease(.failed, at: now, error: failure.error, delay: delay)
            job.delay(by: delay, from: now)
        }
        return job
    }

    private func cancelled(at now: Timestamp) -> Job? {
        var job = self
        if hasLiveLease(at: now) {
            guard cancelRequested == nil else { return nil }
            job.cancelRequested = now
        } else {
            job.recordLapse()
            job.endLease()
            job.leaveErrorGroup()
            job.cancelled = now
        }
        return job
    }

    /// Returns the job after the end of its last attempt, whose cancellation was pending.
    private func cancelled(at now: Timestamp, error: AttemptError?) -> Job {
        var job = self
        if let error { job.error = error }
        job.endLease(.cancelled, at: now, error: error)
        job.leaveErrorGroup()
        job.cancelled = now
        return job
    }

    private func replayed(_ replay: Replay, at now: Timestamp) -> Job? {
        let state = state(at: now, maxRetries: replay.maxRetries)
        guard [.failed, .cancelled, .exhausted, .expired].contains(state) else { return nil }
        if let executeUntil, executeUntil <= now, replay.ttl == nil { return nil }
        var job = settled(at: now) ?? self
        job.recordLapse()
        job.endLease()
        job.leaveErrorGroup()
        job.failed = nil
        job.cancelled = nil
        job.cancelRequested = nil
        let budget = maxRetries.map { $0.subtractingClamped(budgetStart) } ?? replay.maxRetries
        job.budgetStart = retries
        job.maxRetries = retries.addingClamped(max(budget, 1))
        job.delayedUntil = replay.delay.flatMap { $0 > 0 ? now.advanced(by: $0) : nil }
        if let ttl = replay.ttl {
            job.executeUntil = ttl > 0 ? now.advanced(by: ttl) : nil
        }
        return job
    }

    private func released(at now: Timestamp) -> Job? {
        // A caller that repeated the claim has the job.
        guard started != nil, claimRequest?.isRepeated != true else { return nil }
        var job = self
        job.endLease()
        job.retries = retries.subtractingClamped(1)
        if job.claimRequest != nil { job.claimRequest = nil }
        if cancelRequested != nil {
            job.leaveErrorGroup()
            job.cancelled = now
        }
        return job
    }

    /// Sets the delay of a job that was given back. Without one, the job keeps its place in the
    /// order, even if it was started by id during an earlier delay.
    private mutating func delay(by delay: Int64?, from now: Timestamp) {
        if let delay, delay > 0 {
            delayedUntil = now.advanced(by: delay)
        } else {
            delayedUntil = delayedUntil.map { min($0, now) }
        }
    }

    private mutating func endLease() {
        started = nil
        lockedUntil = nil
    }

    private mutating func endLease(
        _ outcome: Attempt.Outcome, at now: Timestamp, error: AttemptError? = nil,
        delay: Int64? = nil, reason: Attempt.Reason? = nil
    ) {
        record(outcome, at: now, error: error, delay: delay, reason: reason)
        endLease()
    }

    /// Records the last attempt of a job whose lease has lapsed.
    private mutating func recordLapse() {
        guard let lockedUntil else { return }
        record(.lapsed, at: lockedUntil)
    }

    /// Records the attempt of the current lease, if there is one.
    private mutating func record(
        _ outcome: Attempt.Outcome, at ended: Timestamp, error: AttemptError? = nil,
        delay: Int64? = nil, reason: Attempt.Reason? = nil
    ) {
        guard let started else { return }
        let attempt = Attempt(
            number: retries, started: started, ended: ended, outcome: outcome, worker: worker,
            error: error, delay: delay, reason: reason)
        attempts = (attempts + [attempt]).suffix(Attempt.maximumCount)
    }
}
