/// The work of a bulk operation on each of its jobs.
public enum BulkWork: Sendable {
    /// Changes them.
    case change(Act)
    /// Removes them, regardless of their state.
    case delete
}

/// A part of the jobs that match a filter, found by looking at some of the jobs in the order of
/// ids.
public struct JobSlice: Sendable, Equatable {
    /// The matching jobs. Fields that no rule needs, such as the params, may be left out.
    public var jobs: [Job]
    /// The id behind which the next part begins; `nil` if there are no more jobs.
    public var end: JobID?

    /// Creates a part.
    public init(jobs: [Job] = [], end: JobID? = nil) {
        self.jobs = jobs
        self.end = end
    }
}

/// A batch of jobs that are all changed or removed in the same way.
public struct JobBatch: Sendable {
    /// The jobs as they were found. They are judged again when they are treated.
    public var jobs: [Job]
    /// The filter that a job still has to match.
    public var filter: JobFilter
    /// The work on each job.
    public var work: BulkWork

    /// Creates a batch.
    public init(_ jobs: [Job], _ filter: JobFilter, _ work: BulkWork) {
        self.jobs = jobs
        self.filter = filter
        self.work = work
    }
}

/// The outcome of a batch.
public struct BatchOutcome: Sendable, Equatable {
    /// The number of jobs that were changed or removed.
    public var done: Int
    /// The number of jobs that the store has refused to change.
    public var refused: Int
    /// Why the last of them was refused; `nil` if none was.
    public var reason: String?

    /// Creates an outcome.
    public init(done: Int = 0, refused: Int = 0, reason: String? = nil) {
        self.done = done
        self.refused = refused
        self.reason = reason
    }
}
