/// A store that can count its jobs by type and state.
public protocol JobsCensus: Sendable {
    /// Counts the jobs by type and state.
    ///
    /// The numbers are for monitoring, not for decisions: jobs change while they are counted. A
    /// count takes up to a second for a million jobs, and does not block other calls.
    ///
    /// - Parameters:
    ///   - maxRetries: The limit of attempts from which a job counts as exhausted.
    ///   - type: The only type to count; `nil` for all types.
    /// - Returns: The numbers of each type that has jobs. A store may limit the number of types,
    ///   and return other types than the one to count as well.
    /// - Throws: ``JobsError/unavailable(reason:)`` or ``JobsError/timedOut(reason:)`` if the store
    ///   cannot count.
    func census(maxRetries: Int, of type: String?) async throws -> [ExactText: JobCounts]

    /// Counts the ready jobs that claims get before another ready job of the same type.
    ///
    /// The number is about right: it may contain jobs that the next claim finds expired or
    /// exhausted. A count costs as much as a list of `limit` jobs at most, and does not read them.
    ///
    /// - Parameters:
    ///   - job: The job, as it was read.
    ///   - maxRetries: The limit of attempts of the claims.
    ///   - limit: The number at which the count stops, at least 1.
    /// - Returns: 0 to `limit`.
    /// - Throws: ``JobsError/unavailable(reason:)`` or ``JobsError/timedOut(reason:)`` if the store
    ///   cannot count.
    func countAhead(of job: Job, maxRetries: Int, limit: Int) async throws -> Int
}

extension JobsCensus {
    /// Counts the jobs of all types.
    public func census(maxRetries: Int) async throws -> [ExactText: JobCounts] {
        try await census(maxRetries: maxRetries, of: nil)
    }
}

/// The numbers of jobs of one type in each state.
public struct JobCounts: Sendable, Equatable {
    /// The number of jobs whose delay has not ended.
    public var delayed = 0
    /// The number of jobs that can be claimed.
    public var ready = 0
    /// The number of jobs with a live lease.
    public var running = 0
    /// The number of completed jobs that are not removed yet.
    public var completed = 0
    /// The number of failed jobs: the dead letters.
    public var failed = 0
    /// The number of cancelled jobs that are not removed yet.
    public var cancelled = 0
    /// The number of jobs that have expired and are not removed yet.
    public var expired = 0
    /// The number of jobs without a live lease whose attempts have reached the limit.
    public var exhausted = 0
    /// How long the oldest ready job has been ready, in milliseconds; 0 if no job is ready.
    public var oldestReady: Int64 = 0
    /// The live leases of each worker that has a name, of at most ``maximumWorkers`` workers.
    public var workers: [ExactText: WorkerLeases] = [:]

    /// The maximum number of workers whose leases are counted.
    public static let maximumWorkers = 1000

    /// Creates numbers that are all 0.
    public init() {}

    /// Adds a job to the number of its state.
    ///
    /// - Parameters:
    ///   - job: The job to count.
    ///   - maxRetries: The limit of attempts from which a job counts as exhausted.
    ///   - now: The time of the store.
    public mutating func count(_ job: Job, maxRetries: Int, at now: Timestamp) {
        switch job.state(at: now, maxRetries: maxRetries) {
        case .completed: completed += 1
        case .failed: failed += 1
        case .cancelled: cancelled += 1
        case .running:
            running += 1
            if let worker = job.worker {
                count(WorkerLeases(count: 1, lastStart: job.started), of: ExactText(worker))
            }
        case .expired: expired += 1
        case .delayed: delayed += 1
        case .ready:
            ready += 1
            oldestReady = max(
                oldestReady, now.milliseconds(since: job.availableAt()))
        case .exhausted: exhausted += 1
        default: break
        }
    }

    /// Adds other numbers to these.
    public mutating func merge(_ other: JobCounts) {
        delayed += other.delayed
        ready += other.ready
        running += other.running
        completed += other.completed
        failed += other.failed
        cancelled += other.cancelled
        expired += other.expired
        exhausted += other.exhausted
        oldestReady = max(oldestReady, other.oldestReady)
        for (worker, leases) in other.workers { count(leases, of: worker) }
    }

    /// Adds leases to those of a worker.
    package mutating func count(_ leases: WorkerLeases, of worker: ExactText) {
        guard let known = workers[worker] else {
            if workers.count < Self.maximumWorkers { workers[worker] = leases }
            return
        }
        workers[worker] = WorkerLeases(
            count: known.count + leases.count,
            lastStart: [known.lastStart, leases.lastStart].compactMap(\.self).max())
    }

    /// The name of each state and the number of jobs in it.
    public var byState: [(state: String, count: Int)] {
        [
            ("delayed", delayed), ("ready", ready), ("running", running),
            ("completed", completed), ("expired", expired), ("exhausted", exhausted),
            ("failed", failed), ("cancelled", cancelled),
        ]
    }
}

/// The live leases of one worker on jobs of one type.
public struct WorkerLeases: Sendable, Equatable {
    /// The number of leases.
    public var count: Int
    /// When the last of them began; `nil` if that is not known.
    public var lastStart: Timestamp?

    /// Creates leases.
    public init(count: Int, lastStart: Timestamp?) {
        self.count = count
        self.lastStart = lastStart
    }
}
