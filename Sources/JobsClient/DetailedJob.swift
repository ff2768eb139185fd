/// A job with its attempts and its state as judged by the service.
public struct DetailedJob: Sendable, Equatable {
    /// The job itself, with its `Job.attempts`.
    public var job: Job
    /// The name of the state on the wire; `nil` from an older service that does not report states.
    public var stateName: String?

    /// The state; `nil` if the service does not report it or this version does not know it.
    public var state: JobState? { stateName.flatMap { JobState(rawValue: $0) } }

    /// The last attempts that did not end in completion, oldest first.
    public var attempts: [Attempt] { job.attempts }

    /// Creates a job with its state.
    ///
    /// - Parameters:
    ///   - job: The job itself.
    ///   - stateName: The name of the state on the wire; `nil` if it is not known.
    public init(job: Job, stateName: String? = nil) {
        self.job = job
        self.stateName = stateName
    }

    init(_ job: Job, at now: Timestamp, maxRetries: Int) {
        self.init(job: job, stateName: job.state(at: now, maxRetries: maxRetries).rawValue)
    }
}

/// A part of a list of jobs, in the order of their ids, with the attempts and the state of each
/// job.
public struct DetailedJobPage: Sendable, Equatable {
    /// The jobs of the page.
    public var jobs: [DetailedJob]
    /// The number of all matching jobs; `nil` if it was not asked for.
    public var total: Int?

    /// Creates a page.
    ///
    /// - Parameters:
    ///   - jobs: The jobs of the page, in the order of their ids.
    ///   - total: The number of all matching jobs; `nil` if it was not asked for.
    public init(jobs: [DetailedJob], total: Int? = nil) {
        self.jobs = jobs
        self.total = total
    }
}
