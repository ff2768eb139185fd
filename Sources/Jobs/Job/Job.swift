public import JSON

/// A piece of work that somebody asked for and that one worker at a time may carry out.
///
/// Ten fields travel to every client; `priority` and `delayedUntil` only where they were asked for.
/// What state a job is in follows from the fields and the store's time, see ``state(at:)``.
public struct Job: Sendable, Equatable {
    public var id: JobID
    /// What kind of work it is. Workers ask for jobs by type. Compared byte by byte.
    public var type: String
    /// What the work is about, in the producer's terms.
    public var refID: String
    /// The producer's own data, never looked into. Nil and a JSON null are the same.
    public var params: JSONText?
    public var created: Timestamp
    /// When the current lease began; nil if there is none.
    public var started: Timestamp?
    /// When the current lease ends, or ended.
    public var lockedUntil: Timestamp?
    /// The job may not be started from this moment on.
    public var executeUntil: Timestamp?
    public var completed: Timestamp?
    /// How often the job has been started.
    public var retries: Int
    /// Higher goes first.
    public var priority: Int
    /// By type, the job may not be started before this moment: as it was added, or given back last.
    public var delayedUntil: Timestamp?

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

/// A job as its producer asks for it; the store gives it an id and its times.
public struct NewJob: Sendable {
    public var type: String
    public var refID: String
    /// Milliseconds from the creation in which the job may be started; 0 and less: for ever.
    public var ttl: Int64
    public var params: JSONText?
    public var priority: Int
    /// Milliseconds from the creation before which nobody gets the job by type; nil: at once.
    public var delay: Int64?

    public init(
        type: String, refID: String, ttl: Int64 = 0, params: JSONText? = nil, priority: Int = 0,
        delay: Int64? = nil
    ) {
        self.type = type
        self.refID = refID
        self.ttl = ttl
        self.params = params
        self.priority = priority
        self.delay = delay
    }
}

extension Job {
    /// The job that a producer asked for, created at `now`.
    public init(_ new: NewJob, id: JobID, at now: Timestamp) {
        self.init(
            id: id, type: new.type, refID: new.refID, params: new.params, created: now,
            executeUntil: new.ttl > 0 ? now.advanced(by: new.ttl) : nil, priority: new.priority,
            delayedUntil: new.delay.flatMap { $0 > 0 ? now.advanced(by: $0) : nil })
    }
}

/// A job that was just handed out, with the token of its lease.
public struct StartedJob: Sendable, Equatable {
    public var job: Job
    public var lockToken: LockToken

    public init(job: Job, lockToken: LockToken) {
        self.job = job
        self.lockToken = lockToken
    }
}
