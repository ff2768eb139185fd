public import JSON

/// A job as a producer describes it. The store adds the id and the times.
public struct NewJob: Sendable, Equatable {
    /// The kind of work, at most ``Job/maximumTypeBytes`` bytes of UTF-8.
    public var type: String
    /// The producer's reference to what the work is about, at most ``Job/maximumRefIDBytes`` bytes
    /// of UTF-8.
    public var refID: String
    /// The time to live, in milliseconds from the creation. With 0 or less, the job does not
    /// expire.
    public var ttl: Int64
    /// The producer's own data, which is stored unread. `nil` and a JSON null are the same.
    public var params: JSONText?
    /// The priority in claims by type: jobs with a higher priority are handed out first.
    public var priority: Int
    /// The delay after which the job can be claimed by type, in milliseconds from the creation.
    ///
    /// With `nil`, 0 or less, the job can be claimed at once.
    public var delay: Int64?
    /// The limit of starts of this job, at least 1; `nil` if claims and the configuration decide.
    public var maxRetries: Int?
    /// The policy of delays after failed attempts; `nil` if the configuration decides.
    public var retry: RetryPolicy?
    /// The group of the job, at most ``Job/maximumGroupLength`` Unicode scalars; `nil` or an empty
    /// text for none.
    public var group: String?
    /// The W3C trace context to hand to the worker; `nil` for that of the request.
    public var traceparent: String?
    /// The id that makes the add repeatable, at most ``Job/maximumRequestIDLength`` Unicode
    /// scalars; `nil` for none.
    ///
    /// Among adds with the same type and request id, only one adds a job. The others return that
    /// job as long as it is in the store.
    public var requestID: String?
    /// The W3C trace context of the request, which is shown only to workers and with details.
    package var requestTraceparent: String?

    /// Creates a description of a job.
    ///
    /// - Parameters:
    ///   - type: The kind of work.
    ///   - refID: The producer's reference to what the work is about.
    ///   - ttl: The time to live, in milliseconds. With 0 or less, the job does not expire.
    ///   - params: The producer's own data.
    ///   - priority: The priority. Jobs with a higher priority are handed out first.
    ///   - delay: The delay in milliseconds; `nil` for none.
    ///   - maxRetries: The limit of starts of this job; `nil` if claims and the configuration
    ///     decide.
    ///   - retry: The policy of delays after failed attempts; `nil` if the configuration decides.
    ///   - group: The group of the job; `nil` for none.
    ///   - traceparent: The W3C trace context to hand to the worker; `nil` for that of the request.
    ///   - requestID: The id that makes the add repeatable; `nil` for none.
    public init(
        type: String, refID: String, ttl: Int64 = 0, params: JSONText? = nil, priority: Int = 0,
        delay: Int64? = nil, maxRetries: Int? = nil, retry: RetryPolicy? = nil,
        group: String? = nil, traceparent: String? = nil, requestID: String? = nil
    ) {
        self.type = type
        self.refID = refID
        self.ttl = ttl
        self.params = params
        self.priority = priority
        self.delay = delay
        self.maxRetries = maxRetries
        self.retry = retry
        self.group = group
        self.traceparent = traceparent
        self.requestID = requestID
    }
}

extension Job {
    /// The job that a producer asked for, created at `now`.
    ///
    /// - Parameter isUnique: Whether it is added as unique.
    public init(_ new: NewJob, id: JobID, at now: Timestamp, isUnique: Bool = false) {
        self.init(
            id: id, type: new.type, refID: new.refID, params: new.params, created: now,
            executeUntil: new.ttl > 0 ? now.advanced(by: new.ttl) : nil, priority: new.priority,
            delayedUntil: new.delay.flatMap { $0 > 0 ? now.advanced(by: $0) : nil })
        guard new.hasExtras || isUnique else { return }
        var extras = JobExtras()
        extras.maxRetries = new.maxRetries
        extras.retry = new.retry
        extras.group = new.group.flatMap { $0.isEmpty ? nil : $0 }
        extras.traceparent = new.traceparent ?? new.requestTraceparent
        extras.hidesTraceparent = new.traceparent == nil && new.requestTraceparent != nil
        extras.isUnique = isUnique
        extras.requestID = new.requestID
        self.extras = extras
    }
}

extension NewJob {
    /// Whether the job has fields that only some jobs have.
    var hasExtras: Bool {
        maxRetries != nil || retry != nil || group != nil || traceparent != nil
            || requestTraceparent != nil || requestID != nil
    }
}
