/// Where a job stands in its life.
public enum JobState: String, Sendable, CaseIterable {
    case delayed, ready, running, completed
    /// Started as often as it may be, without a live lease: claimed only by who brings a higher limit.
    case exhausted
    /// `executeUntil` has passed without a live lease: never handed out again.
    case expired
}

/// The life of a job, as functions from a job and a time to a job.
///
/// They hold no lock and never ask for the time; every store decides by them, or says the same in
/// its database's language. Nil means that nothing changes.
extension Job {
    /// Whether somebody has the job: it is started and not completed, the lease live or lapsed.
    public var isLeased: Bool { started != nil && completed == nil }

    public func hasLiveLease(at now: Timestamp) -> Bool {
        guard completed == nil, let lockedUntil else { return false }
        return lockedUntil > now
    }

    public func isExpired(at now: Timestamp) -> Bool {
        guard completed == nil, let executeUntil else { return false }
        return executeUntil <= now && !hasLiveLease(at: now)
    }

    /// The state at `now` under a limit of starts.
    public func state(at now: Timestamp, maxRetries: Int) -> JobState {
        let state = state(at: now)
        guard state == .ready || state == .delayed, retries >= maxRetries else { return state }
        return .exhausted
    }

    /// The state at `now` where no limit of starts is known.
    public func state(at now: Timestamp) -> JobState {
        if completed != nil { return .completed }
        if hasLiveLease(at: now) { return .running }
        if isExpired(at: now) { return .expired }
        // A lapsed lease leaves it ready, also if it was started by id before its delay was over.
        return lockedUntil == nil && (delayedUntil ?? created) > now ? .delayed : .ready
    }

    /// Whether cleaning removes the job: over, or given up, and in nobody's hands.
    public func isDisposable(at now: Timestamp, maxRetries: Int) -> Bool {
        if completed != nil { return true }
        return !hasLiveLease(at: now) && (isExpired(at: now) || retries > maxRetries)
    }

    /// The job with a lease of `timeout` ms from `now`; nil if it may not be started.
    public func started(at now: Timestamp, timeout: Int64) -> Job? {
        guard completed == nil, !hasLiveLease(at: now), !isExpired(at: now) else { return nil }
        var job = self
        job.started = now
        job.lockedUntil = now.advanced(by: timeout)
        job.retries = retries.addingClamped(1)
        return job
    }

    /// The job after an act at `now`; `nil` where the act does not apply, and nothing changes.
    public func applying(_ act: Act, at now: Timestamp) -> Job? {
        switch act {
        case .extend(let timeout): extended(at: now, timeout: timeout)
        case .abort(let delay): aborted(at: now, delay: delay)
        case .complete: completed(at: now)
        case .release: released()
        }
    }

    private func extended(at now: Timestamp, timeout: Int64) -> Job? {
        guard isLeased else { return nil }
        var job = self
        job.lockedUntil = now.advanced(by: timeout)
        return job
    }

    private func aborted(at now: Timestamp, delay: Int64?) -> Job? {
        guard completed == nil, started != nil || lockedUntil != nil else { return nil }
        var job = withoutLease()
        if let delay, delay > 0 {
            job.delayedUntil = now.advanced(by: delay)
        } else {
            job.delayedUntil = delayedUntil.map { min($0, now) }
        }
        return job
    }

    private func completed(at now: Timestamp) -> Job? {
        guard completed == nil else { return nil }
        var job = withoutLease()
        job.completed = now
        return job
    }

    private func released() -> Job? {
        guard isLeased else { return nil }
        var job = withoutLease()
        job.retries = retries.subtractingClamped(1)
        return job
    }

    private func withoutLease() -> Job {
        var job = self
        job.started = nil
        job.lockedUntil = nil
        return job
    }

    /// When the job may next be claimed by type, once it is neither delayed nor leased.
    ///
    /// An abort leaves a job its place in the order: that is when it was created, or its delay was over.
    public func availableAt() -> Timestamp {
        lockedUntil ?? delayedUntil ?? created
    }
}
