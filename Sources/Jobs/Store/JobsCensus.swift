/// Tells how many jobs there are of each type, and in which state.
public protocol JobsCensus: Sendable {
    /// Counts the jobs by type.
    ///
    /// For whoever looks after the service, and not to decide by: it takes a moment in which jobs
    /// go on changing. Costs up to a second for a million jobs, without keeping others from theirs.
    /// - Parameter maxRetries: the limit of starts, by which jobs are exhausted.
    func census(maxRetries: Int) async throws -> [ExactText: JobCounts]
}

/// How many jobs of a type there are in each state.
public struct JobCounts: Sendable, Equatable {
    public var delayed = 0
    public var ready = 0
    public var running = 0
    public var completed = 0
    public var expired = 0
    /// Neither running nor over, and started so often that no claim by type gets it.
    public var exhausted = 0
    /// For how many milliseconds the one that has waited longest has been ready; 0 if none is.
    public var oldestReady: Int64 = 0

    public init() {}

    /// Counts a job in.
    public mutating func count(_ job: Job, maxRetries: Int, at now: Timestamp) {
        switch job.state(at: now, maxRetries: maxRetries) {
        case .completed: completed += 1
        case .running: running += 1
        case .expired: expired += 1
        case .delayed: delayed += 1
        case .ready:
            ready += 1
            oldestReady = max(
                oldestReady, now.milliseconds(since: job.availableAt()))
        case .exhausted: exhausted += 1
        }
    }

    /// Counts the jobs of another type in.
    public mutating func merge(_ other: JobCounts) {
        delayed += other.delayed
        ready += other.ready
        running += other.running
        completed += other.completed
        expired += other.expired
        exhausted += other.exhausted
        oldestReady = max(oldestReady, other.oldestReady)
    }

    /// All of them, by the states' names.
    public var byState: [(state: String, count: Int)] {
        [
            ("delayed", delayed), ("ready", ready), ("running", running),
            ("completed", completed), ("expired", expired), ("exhausted", exhausted),
        ]
    }
}
