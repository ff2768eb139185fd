public import JSON

/// A piece of work that a producer asked for and that one worker at a time carries out.
///
/// An answer to a client always has ten fields; the others are present only if they were set. The
/// state of a job follows from its fields and the time of the store, see
/// ``state(at:)``.
public struct Job: Sendable, Equatable {
    /// The unique id of the job. The store assigns it.
    public var id: JobID
    /// The kind of work. Workers claim jobs by type. Types are compared byte by byte.
    public var type: String
    /// The producer's reference to what the work is about, such as the id of an order.
    public var refID: String
    /// The producer's own data, which is stored unread. `nil` and a JSON null are the same.
    public var params: JSONText?
    /// When the job was added, by the clock of the store.
    public var created: Timestamp
    /// When the current lease began; `nil` if the job has no lease.
    public var started: Timestamp?
    /// When the current lease ends, or when it lapsed; `nil` if the job has no lease.
    public var lockedUntil: Timestamp?
    /// The time from which the job cannot be started; `nil` if the job does not expire.
    public var executeUntil: Timestamp?
    /// When the job was completed; `nil` if it is not completed.
    public var completed: Timestamp?
    /// The number of attempts: how often the job was started. It never falls, except when a start
    /// is taken back that its caller did not receive.
    public var retries: Int
    /// The priority in claims by type: jobs with a higher priority are handed out first.
    public var priority: Int
    /// The time before which the job cannot be claimed by type; `nil` if it has no delay.
    ///
    /// The delay is set when the job is added, and again when it is aborted with a delay.
    public var delayedUntil: Timestamp?
    var extrasPlace: JobExtras.Place?

    /// Creates a job from its fields, for example when it is read from a store.
    public init(
        id: JobID, type: String, refID: String, params: JSONText? = nil, created: Timestamp,
        started: Timestamp? = nil, lockedUntil: Timestamp? = nil, executeUntil: Timestamp? = nil,
        completed: Timestamp? = nil, retries: Int = 0, priority: Int = 0,
        delayedUntil: Timestamp? = nil
    ) {
        self.id = id
        self.type = type
        self.refID = refID
        self.params = params
        self.created = created
        self.started = started
        self.lockedUntil = lockedUntil
        self.executeUntil = executeUntil
        self.completed = completed
        self.retries = retries
        self.priority = priority
        self.delayedUntil = delayedUntil
    }
}

/// A job that was just handed out, with the token of its lease.
public struct StartedJob: Sendable, Equatable {
    /// The job with its new lease.
    public var job: Job
    /// The fencing token of the lease.
    public var lockToken: LockToken
    /// Whether the job was started before, for an earlier claim with the same request id.
    package var isRepeated = false

    /// Creates a started job from the job and the token of its lease.
    public init(job: Job, lockToken: LockToken) {
        self.job = job
        self.lockToken = lockToken
    }

    package init(job: Job, lockToken: LockToken, isRepeated: Bool) {
        self.init(job: job, lockToken: lockToken)
        self.isRepeated = isRepeated
    }
}
