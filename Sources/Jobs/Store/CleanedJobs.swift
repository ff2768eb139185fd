/// The numbers of jobs that a cleaning removed, by reason.
public struct CleanedJobs: Sendable, Equatable {
    /// The number of removed jobs that were completed.
    public var completed: Int
    /// The number of removed jobs that had expired.
    public var expired: Int
    /// The number of removed jobs that were started more often than the limit allows.
    public var exhausted: Int
    /// The number of removed jobs that had failed.
    public var failed: Int
    /// The number of removed jobs that were cancelled.
    public var cancelled: Int

    /// Creates the numbers of a cleaning. Without arguments, nothing was removed.
    public init(
        completed: Int = 0, expired: Int = 0, exhausted: Int = 0, failed: Int = 0,
        cancelled: Int = 0
    ) {
        self.completed = completed
        self.expired = expired
        self.exhausted = exhausted
        self.failed = failed
        self.cancelled = cancelled
    }

    /// The number of all removed jobs.
    public var total: Int { completed + expired + exhausted + failed + cancelled }

    /// Counts the removal of a job.
    package mutating func count(_ reason: Job.Disposal) {
        switch reason {
        case .completed: completed += 1
        case .failed: failed += 1
        case .cancelled: cancelled += 1
        case .expired: expired += 1
        case .exhausted: exhausted += 1
        }
    }

    /// Adds the numbers of another cleaning.
    public static func += (left: inout CleanedJobs, right: CleanedJobs) {
        left.completed += right.completed
        left.expired += right.expired
        left.exhausted += right.exhausted
        left.failed += right.failed
        left.cancelled += right.cancelled
    }
}
