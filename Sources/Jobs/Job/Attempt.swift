/// An attempt at a job that did not end in its completion.
public struct Attempt: Sendable, Hashable {
    /// How an attempt ended.
    ///
    /// Not an enumeration, so that a further outcome does not break clients.
    public struct Outcome: KnownName {
        /// The name on the wire.
        public let rawValue: String

        private init(name: String) {
            rawValue = name
        }

        /// The worker reported a failure.
        public static let failed = Outcome(name: "failed")
        /// The lease lapsed: the worker did not extend it in time.
        public static let lapsed = Outcome(name: "lapsed")
        /// The worker gave the job back.
        public static let aborted = Outcome(name: "aborted")
        /// The lease ended while a cancellation of the job was pending.
        public static let cancelled = Outcome(name: "cancelled")

        /// All outcomes.
        public static let allCases: [Outcome] = [failed, lapsed, aborted, cancelled]
    }

    /// Why a failed attempt was the last one.
    ///
    /// Not an enumeration, so that a further reason does not break clients.
    public struct Reason: KnownName {
        /// The name on the wire.
        public let rawValue: String

        private init(name: String) {
            rawValue = name
        }

        /// The worker asked for no further attempt.
        public static let noRetry = Reason(name: "no_retry")
        /// The starts of the job have reached their limit.
        public static let limit = Reason(name: "limit")
        /// The next attempt would not begin before `execute_until`.
        public static let deadline = Reason(name: "deadline")

        /// All reasons.
        public static let allCases: [Reason] = [noRetry, limit, deadline]
    }

    /// The number of the attempt: the value of `retries` during it.
    public var number: Int
    /// When the attempt began; `nil` if that is not known.
    public var started: Timestamp?
    /// When the attempt ended.
    public var ended: Timestamp
    /// How the attempt ended.
    public var outcome: Outcome
    /// The name of the worker; `nil` if it gave none.
    public var worker: String?
    /// The error that the worker reported.
    public var error: AttemptError?
    /// The delay until the next attempt, in milliseconds; `nil` if there was none.
    public var delay: Int64?
    /// Why no further attempt follows; `nil` unless the job has failed with this attempt.
    public var reason: Reason?

    /// The maximum number of attempts that a job keeps: the last ones.
    public static let maximumCount = 10

    /// Creates an attempt.
    public init(
        number: Int, started: Timestamp?, ended: Timestamp, outcome: Outcome, worker: String? = nil,
        error: AttemptError? = nil, delay: Int64? = nil, reason: Reason? = nil
    ) {
        self.number = number
        self.started = started
        self.ended = ended
        self.outcome = outcome
        self.worker = worker
        self.error = error
        self.delay = delay
        self.reason = reason
    }
}
