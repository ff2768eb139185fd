public import JSON

/// Why a job is not running, or which worker holds it.
public struct JobExplanation: Sendable, Equatable {
    /// The job, without its attempts.
    public var job: Job
    /// The name of its state on the wire.
    public var stateName: String
    /// The reason, for programs.
    public var code: Code
    /// The reason, for people: a sentence or two.
    public var message: String
    /// When this became so; `nil` if that is not known.
    public var since: Timestamp?
    /// When this ends by itself; `nil` if it does not, or that is not known.
    public var until: Timestamp?
    /// Numbers and names that belong to the reason: a JSON object.
    public var details: JSONText

    /// The state; `nil` if this version does not know it.
    public var state: JobState? { JobState(rawValue: stateName) }

    /// Creates an explanation.
    public init(
        job: Job, stateName: String, code: Code, message: String, since: Timestamp? = nil,
        until: Timestamp? = nil, details: JSONText
    ) {
        self.job = job
        self.stateName = stateName
        self.code = code
        self.message = message
        self.since = since
        self.until = until
        self.details = details
    }

    /// A reason, for programs. Later versions of a service may have more.
    public struct Code: RawRepresentable, Sendable, Hashable {
        /// The name on the wire.
        public let rawValue: String

        /// Creates a reason from its name. Every name is accepted.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        private init(_ rawValue: String) {
            self.init(rawValue: rawValue)
        }

        /// Claims get the job, at once or after others that are in front.
        public static let ready = Code("READY")
        /// The delay of the job has not ended.
        public static let delayed = Code("DELAYED")
        /// A worker holds a live lease on the job.
        public static let running = Code("RUNNING")
        /// The lease of a worker has lapsed, and claims get the job again.
        public static let lapsed = Code("LAPSED")
        /// The type of the job, or all types, are paused.
        public static let paused = Code("PAUSED")
        /// As many jobs of the type are running as its limit allows.
        public static let typeLimit = Code("TYPE_LIMIT")
        /// As many jobs of the group are running as the limit of the type allows.
        public static let groupLimit = Code("GROUP_LIMIT")
        /// As many jobs of the type were started lately as its limit allows.
        public static let rateLimit = Code("RATE_LIMIT")
        /// No worker has asked for jobs of the type for ten minutes.
        public static let noWorkers = Code("NO_WORKERS")
        /// The starts of the job have reached the limit.
        public static let exhausted = Code("EXHAUSTED")
        /// The job was not started in time.
        public static let expired = Code("EXPIRED")
        /// The job is done.
        public static let completed = Code("COMPLETED")
        /// The job has failed for good.
        public static let failed = Code("FAILED")
        /// The job was cancelled.
        public static let cancelled = Code("CANCELLED")

        /// The reasons of this version.
        public static let known = [
            ready, delayed, running, lapsed, paused, typeLimit, groupLimit, rateLimit, noWorkers,
            exhausted, expired, completed, failed, cancelled,
        ]
    }
}

extension JSONWriter {
    /// The answer of `explain_job`.
    package mutating func explanation(_ explanation: JobExplanation) {
        beginObject()
        key("job")
        job(explanation.job)
        key("state")
        string(explanation.stateName)
        key("code")
        string(explanation.code.rawValue)
        key("message")
        string(explanation.message)
        if let since = explanation.since {
            key("since")
            date(since)
        }
        if let until = explanation.until {
            key("until")
            date(until)
        }
        key("details")
        text(explanation.details)
        endObject()
    }
}
