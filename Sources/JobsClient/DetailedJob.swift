/// A job with the state that the service finds it in.
public struct DetailedJob: Sendable, Equatable {
    public var job: Job
    /// What the service calls the state. `nil`: it does not tell, as older ones.
    public var stateName: String?

    /// The state; nil also for one that this version does not know.
    public var state: JobState? { stateName.flatMap { JobState(rawValue: $0) } }

    public init(job: Job, stateName: String? = nil) {
        self.job = job
        self.stateName = stateName
    }

    init(_ job: Job, at now: Timestamp, maxRetries: Int) {
        self.init(job: job, stateName: job.state(at: now, maxRetries: maxRetries).rawValue)
    }
}

/// A part of a list, in the order of ids, with the state of each job.
public struct DetailedJobPage: Sendable, Equatable {
    public var jobs: [DetailedJob]
    /// How many jobs match in all, if it was asked for.
    public var total: Int?

    public init(jobs: [DetailedJob], total: Int? = nil) {
        self.jobs = jobs
        self.total = total
    }
}
