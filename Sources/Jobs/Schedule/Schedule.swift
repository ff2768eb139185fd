/// A rule by which the service adds jobs on its own: by a cron expression, or periodically.
///
/// It is kept in a record of the kind ``RecordKind/schedule`` whose key is the id. Each firing adds
/// exactly one job, over all instances of the service.
public struct Schedule: Sendable, Equatable {
    /// The id of the schedule, 1 to ``maximumIDLength`` Unicode scalars.
    public var id: String
    /// The cron expression; `nil` if ``every`` is set.
    public var cron: String?
    /// The time between two firings in milliseconds, at least ``shortestPeriod``, counted from the
    /// moment at which it was set; `nil` if ``cron`` is set.
    public var every: Int64?
    /// The time zone of the IANA database by whose clocks ``cron`` goes.
    public var timeZone: String
    /// The job that each firing adds.
    public var newJob: NewJob
    /// What a firing does while the last job of the schedule has not ended.
    public var overlap: Overlap
    /// What happens to firings that were missed while no instance of the service ran.
    public var catchUp: CatchUp
    /// Whether the schedule does not fire. Firings that are missed meanwhile are never caught up.
    public var isPaused: Bool
    /// The schedule does not fire from then on; `nil` for no end.
    public var until: Timestamp?

    /// The next firing; `nil` if there is none, or in a schedule that is to be set.
    public var next: Timestamp?
    /// The time of the last firing that added a job; `nil` if there was none.
    public var last: Timestamp?
    /// The job that the schedule added last, by a firing or by a request to add it at once.
    public var lastJobID: JobID?

    /// When ``every`` was set.
    package var since = Timestamp(milliseconds: 0)
    /// Firings at this time or earlier have fired, or never will.
    package var passed = Timestamp(milliseconds: 0)

    /// The maximum length of an ``id``, in Unicode scalars.
    public static let maximumIDLength = 128
    /// The maximum length of a ``cron`` expression, in Unicode scalars.
    public static let maximumCronLength = 256
    /// The maximum length of a ``timeZone``, in Unicode scalars.
    public static let maximumTimeZoneLength = 128
    /// The least value of ``every``, in milliseconds.
    public static let shortestPeriod: Int64 = 1000

    /// Creates a schedule. One of `cron` and `every` has to be set.
    ///
    /// - Parameters:
    ///   - id: The id of the schedule.
    ///   - cron: The cron expression.
    ///   - every: The time between two firings, in milliseconds.
    ///   - timeZone: The time zone of the IANA database.
    ///   - newJob: The job that each firing adds.
    ///   - overlap: What a firing does while the last job has not ended.
    ///   - catchUp: What happens to firings that were missed while no instance of the service ran.
    ///   - isPaused: Whether the schedule does not fire.
    ///   - until: The end of the schedule; `nil` for none.
    public init(
        id: String, cron: String? = nil, every: Int64? = nil, timeZone: String = "UTC",
        newJob: NewJob, overlap: Overlap = .allow, catchUp: CatchUp = .one, isPaused: Bool = false,
        until: Timestamp? = nil
    ) {
        self.id = id
        self.cron = cron
        self.every = every
        self.timeZone = timeZone
        self.newJob = newJob
        self.overlap = overlap
        self.catchUp = catchUp
        self.isPaused = isPaused
        self.until = until
    }

    /// What a firing does while the last job of the schedule has not ended.
    public struct Overlap: KnownName {
        /// The name on the wire.
        public let rawValue: String

        private init(name: String) {
            rawValue = name
        }

        /// The firing adds a job.
        public static let allow = Overlap(name: "allow")
        /// The firing is skipped if the last job is delayed, ready or running.
        public static let skip = Overlap(name: "skip")

        /// All values.
        public static let allCases: [Overlap] = [allow, skip]
    }

    /// What happens to firings that were missed while no instance of the service ran.
    public struct CatchUp: KnownName {
        /// The name on the wire.
        public let rawValue: String

        private init(name: String) {
            rawValue = name
        }

        /// One job is added for all of them.
        public static let one = CatchUp(name: "one")
        /// They are skipped.
        public static let none = CatchUp(name: "none")
        /// A job is added for each of them, at most the last ``Schedule/maximumCaughtUp``.
        public static let all = CatchUp(name: "all")

        /// All values.
        public static let allCases: [CatchUp] = [one, none, all]
    }

    /// The maximum number of missed firings that are caught up.
    public static let maximumCaughtUp = 100
}
