import Jobs
import Testing

/// The jobs that a store should have, kept by the pure rules of `Jobs`.
///
/// A store stamps jobs by its own clock, so a model cannot know the exact times. A walk therefore
/// uses durations that are over at the next step, or are not over before its end, and compares what
/// does not depend on the exact time.
struct WalkModel {
    private(set) var jobs: [JobID: Job] = [:]
    private var tokens: [JobID: LockToken] = [:]
    /// The limit of starts of jobs without their own, in failures, replays and cleanings.
    static let maxRetries = 3

    var ids: [JobID] { jobs.keys.sorted() }

    mutating func insert(_ job: Job) {
        jobs[job.id] = job
    }

    mutating func remove(_ id: JobID) {
        jobs[id] = nil
        tokens[id] = nil
    }

    /// The oldest job of a type and reference that has neither ended nor expired.
    func unfinished(_ new: NewJob, at now: Timestamp) -> Job? {
        jobs.values.filter { $0.type == new.type && $0.refID == new.refID && $0.isOpen(at: now) }
            .min { $0.id < $1.id }
    }

    /// Whether a claim may take the job.
    func isClaimable(_ id: JobID, _ claim: Claim, at now: Timestamp) -> Bool {
        guard let job = jobs[id], job.type == claim.type else { return false }
        return job.state(at: now, maxRetries: claim.startLimit) == .ready
    }

    /// - Returns: Whether the job can be started.
    mutating func start(
        _ id: JobID, timeout: Int64, worker: String?, token: LockToken?, at now: Timestamp
    ) -> Bool {
        guard let job = jobs[id]?.started(at: now, timeout: timeout, worker: worker) else {
            return false
        }
        jobs[id] = job
        tokens[id] = token
        return true
    }

    mutating func change(_ change: JobChange, at now: Timestamp) -> Result<Job?, JobsError> {
        guard let job = jobs[change.id] else { return .success(nil) }
        guard !change.isFenced(by: tokens[change.id]) else { return .failure(.lockLost(job.id)) }
        let changed = job.applying(change.act, at: now)
        if case .replay = change.act {
            guard changed != nil else {
                return .failure(.notReplayed(job.id, isKeyTaken: false))
            }
            let isTaken = jobs.values.contains { other in
                other.id != job.id && other.type == job.type && other.refID == job.refID
                    && other.isUnique && other.isOpen(at: now)
            }
            if job.isUnique, isTaken {
                return .failure(.notReplayed(job.id, isKeyTaken: true))
            }
        }
        if let changed {
            jobs[job.id] = changed
            tokens[job.id] = change.act.token(after: tokens[job.id])
        }
        return .success(jobs[job.id])
    }

    /// - Returns: The numbers of removed jobs.
    mutating func clean(_ cleaning: Cleaning, at now: Timestamp) -> CleanedJobs {
        var cleaned = CleanedJobs()
        for job in jobs.values {
            guard let reason = job.disposal(at: now, cleaning) else { continue }
            cleaned.count(reason)
            remove(job.id)
        }
        return cleaned
    }
}

extension Job {
    fileprivate func isOpen(at now: Timestamp) -> Bool {
        !isEnded(at: now) && !isExpired(at: now)
    }

    /// The job without what depends on the exact time: dates that are only set or not set.
    func shape(at now: Timestamp) -> Job {
        var job = settled(at: now) ?? self
        let mark = Timestamp(milliseconds: 0)
        // A completed job is never replayed, so a store may forget that it was unique.
        if job.completed != nil { job.isUnique = false }
        job.created = mark
        job.started = job.started.map { _ in mark }
        job.lockedUntil = job.lockedUntil.map { _ in mark }
        job.executeUntil = job.executeUntil.map { _ in mark }
        job.completed = job.completed.map { _ in mark }
        job.delayedUntil = job.delayedUntil.map { _ in mark }
        job.errored = job.errored.map { _ in mark }
        job.failed = job.failed.map { _ in mark }
        job.cancelled = job.cancelled.map { _ in mark }
        job.cancelRequested = job.cancelRequested.map { _ in mark }
        job.attempts = job.attempts.map { attempt in
            var attempt = attempt
            attempt.started = attempt.started.map { _ in mark }
            attempt.ended = mark
            return attempt
        }
        return job
    }
}
