/// A job and everything that decides why it is not running: the inputs of an explanation.
package struct JobCircumstances: Sendable {
    /// The job as it is at ``now``.
    package var job: Job
    /// The time of the store.
    package var now: Timestamp
    /// The limit of starts of jobs that have no limit of their own.
    package var maxRetries: Int
    /// The settings of the job's type.
    package var settings = TypeSettings()
    /// The pause of all types; `nil` if there is none.
    package var pauseOfAllTypes: TypePause?
    /// The number of live leases on jobs of the type.
    package var running = 0
    /// The number of live leases on jobs of the type in the job's group.
    package var runningInGroup = 0
    /// The starts of jobs of the type within the last ``StartRate/period``.
    package var starts = RecentStarts()
    /// The number of ready jobs in front of the job, at most ``aheadLimit``.
    package var ahead = 0
    /// The claims of the type, which show whether it has workers.
    package var claims = TypeClaims()

    /// The number at which counting the jobs in front of a job stops.
    package static let aheadLimit = 1001
    /// How long a type is without a claim until it counts as a type without workers, in
    /// milliseconds.
    package static let patience: Int64 = 600_000

    package init(job: Job, now: Timestamp, maxRetries: Int) {
        self.job = job
        self.now = now
        self.maxRetries = maxRetries
    }

    package var state: JobState { job.state(at: now, maxRetries: maxRetries) }

    /// The reason, in the order in which claims find it.
    package var code: JobExplanation.Code {
        switch state {
        case .completed: .completed
        case .failed: .failed
        case .cancelled: .cancelled
        case .expired: .expired
        case .exhausted: .exhausted
        case .delayed: .delayed
        case .running: .running
        case _ where pause != nil: .paused
        case _ where hasReachedTypeLimit: .typeLimit
        case _ where hasReachedRate: .rateLimit
        case _ where hasReachedGroupLimit: .groupLimit
        case _ where job.lockedUntil != nil: .lapsed
        case _ where !hasWorkers: .noWorkers
        default: .ready
        }
    }

    /// The pause that keeps the job from claims, and whether it is that of all types.
    var pause: (pause: TypePause, isOfAllTypes: Bool)? {
        if let pause = settings.pause, pause.isInEffect(at: now) { return (pause, false) }
        if let pause = pauseOfAllTypes, pause.isInEffect(at: now) { return (pause, true) }
        return nil
    }

    private var hasReachedTypeLimit: Bool {
        settings.maxRunning.map { running >= $0 } ?? false
    }

    private var hasReachedRate: Bool {
        settings.maxStarts.map { starts.count >= $0.count } ?? false
    }

    private var hasReachedGroupLimit: Bool {
        guard let limit = settings.maxRunningPerGroup, group != nil else { return false }
        return runningInGroup >= limit
    }

    /// The group of the job; `nil` if it has none. An empty text is no group.
    package var group: String? { job.group.flatMap { $0.isEmpty ? nil : $0 } }

    private var hasWorkers: Bool {
        if claims.waiting > 0 { return true }
        guard let last = claims.last else { return false }
        return now.milliseconds(since: last) < Self.patience
    }
}

/// The claims of a type, as all instances of the service have seen them.
package struct TypeClaims: Sendable, Equatable {
    /// The number of claims that wait.
    package var waiting = 0
    /// When the last claim came; `nil` if none came within the last hour.
    package var last: Timestamp?
    /// Since when claims are noted; `nil` if that is not known.
    package var notedSince: Timestamp?

    package init(waiting: Int = 0, last: Timestamp? = nil, notedSince: Timestamp? = nil) {
        self.waiting = waiting
        self.last = last
        self.notedSince = notedSince
    }
}

/// The starts of jobs of a type that count for its limit.
package struct RecentStarts: Sendable, Equatable {
    /// The number of starts.
    package var count = 0
    /// When the next start is possible; `nil` if that is not known.
    package var roomAt: Timestamp?

    package init(count: Int = 0, roomAt: Timestamp? = nil) {
        self.count = count
        self.roomAt = roomAt
    }
}
