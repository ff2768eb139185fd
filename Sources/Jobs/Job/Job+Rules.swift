/// The state of a job at a given time.
///
/// Not an enumeration, so that a further state does not break clients.
public struct JobState: RawRepresentable, Sendable, Hashable, CaseIterable {
    /// The name of the state on the wire.
    public let rawValue: String

    private init(name: String) {
        rawValue = name
    }

    /// Returns the state of this name; `nil` for a name that this version does not know.
    public init?(rawValue: String) {
        guard let known = Self.allCases.first(where: { $0.rawValue == rawValue }) else {
            return nil
        }
        self = known
    }

    /// The delay of the job has not ended: the job cannot be claimed by type yet.
    public static let delayed = JobState(name: "delayed")
    /// The job can be claimed. A job whose lease has lapsed is ready again.
    public static let ready = JobState(name: "ready")
    /// The job has a live lease.
    public static let running = JobState(name: "running")
    /// The job is done.
    public static let completed = JobState(name: "completed")
    /// The job has no live lease, and its attempts have reached the limit. Only a claim with a
    /// higher limit gets it.
    public static let exhausted = JobState(name: "exhausted")
    /// `executeUntil` has passed and the job has no live lease. The job is never handed out again.
    public static let expired = JobState(name: "expired")

    /// All states.
    public static let allCases: [JobState] = [
        delayed, ready, running, completed, exhausted, expired,
    ]
}

/// The rules for changes of a job, as functions from a job and a time to a job.
///
/// The functions take no lock and never read a clock. A store calls them, or implements the same
/// rules in the language of its database. A result of `nil` means that nothing changes.
extension Job {
    /// Whether the job is started and not completed. The lease may be live or lapsed.
    public var isLeased: Bool { started != nil && completed == nil }

    /// Whether the job is not completed and its lease ends after `now`.
    public func hasLiveLease(at now: Timestamp) -> Bool {
        guard completed == nil, let lockedUntil else { return false }
        return lockedUntil > now
    }

    /// Whether ``executeUntil`` has passed and the job is neither completed nor under a live lease.
    public func isExpired(at now: Timestamp) -> Bool {
        guard completed == nil, let executeUntil else { return false }
        return executeUntil <= now && !hasLiveLease(at: now)
    }

    /// The state at `now`, given a limit of attempts.
    public func state(at now: Timestamp, maxRetries: Int) -> JobState {
        let state = state(at: now)
        guard state == .ready || state == .delayed, retries >= maxRetries else { return state }
        return .exhausted
    }

    /// The state at `now` without a limit of attempts. It is never ``JobState/exhausted``.
    public func state(at now: Timestamp) -> JobState {
        if completed != nil { return .completed }
        if hasLiveLease(at: now) { return .running }
        if isExpired(at: now) { return .expired }
        // After a lease lapses the job is ready, even if it was started by id during its delay.
        return lockedUntil == nil && (delayedUntil ?? created) > now ? .delayed : .ready
    }

    /// Whether cleaning removes the job.
    ///
    /// That is so if the job is completed, or if it has no live lease and is expired or was started
    /// more than `maxRetries` times.
    public func isDisposable(at now: Timestamp, maxRetries: Int) -> Bool {
        if completed != nil { return true }
        return !hasLiveLease(at: now) && (isExpired(at: now) || retries > maxRetries)
    }

    /// Returns the job with a new lease.
    ///
    /// - Parameters:
    ///   - now: The time of the start.
    ///   - timeout: The duration of the lease, in milliseconds.
    /// - Returns: The started job; `nil` if the job is completed, expired or under a live lease.
    public func started(at now: Timestamp, timeout: Int64) -> Job? {
        guard completed == nil, !hasLiveLease(at: now), !isExpired(at: now) else { return nil }
        var job = self
        job.started = now
        job.lockedUntil = now.advanced(by: timeout)
        job.retries = retries.addingClamped(1)
        return job
    }

    /// Returns the job after an act at `now`, or `nil` if the act does not apply to the job.
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

    /// Returns when the job can next be claimed by type.
    ///
    /// This is the end of the lease, else the end of the delay, else the creation. Jobs of the same
    /// priority are claimed in the order of this time, so an aborted job keeps its place.
    public func availableAt() -> Timestamp {
        lockedUntil ?? delayedUntil ?? created
    }
}
