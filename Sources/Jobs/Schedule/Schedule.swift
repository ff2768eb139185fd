/// A schedule that adds a job at each of its firings.
public struct Schedule: Sendable, Equatable {
    /// When a schedule fires.
    public enum Timing: Sendable, Equatable {
        /// By the local clocks of a time zone.
        case cron(CronExpression, timeZone: String)
        /// Every so many milliseconds, counted from the moment it was set.
        case every(Int64)
    }

    /// Whether a firing adds a job while the last job of the schedule has not ended.
    public enum Overlap: String, Sendable, CaseIterable {
        /// Every firing adds a job.
        case allow
        /// A firing is skipped while the last job is delayed, ready or running.
        case skip
    }

    /// What becomes of firings that were missed while no instance ran.
    public enum CatchUp: String, Sendable, CaseIterable {
        /// The last one is made up for.
        case one
        /// None is made up for.
        case none
        /// All are made up for, at most the last ``Schedule/mostCaughtUp``.
        case all
    }

    /// The id, 1 to ``maximumIDLength`` Unicode scalars.
    public var id: String
    /// When it fires.
    public var timing: Timing
    /// The job that a firing adds.
    public var newJob: NewJob
    /// Whether firings overlap with the last job.
    public var overlap: Overlap
    /// What becomes of missed firings.
    public var catchUp: CatchUp
    /// Whether it does not fire. Firings that were missed meanwhile are never made up for.
    public var isPaused: Bool
    /// The time after which it does not fire; `nil` for no end.
    public var until: Timestamp?
    /// The moment from which ``Timing/every(_:)`` counts, and after which the first firing comes.
    public var anchor: Timestamp
    /// The last firing; `nil` if there was none.
    public var last: Timestamp?
    /// The job of the last firing, or of the last run on request.
    public var lastJobID: JobID?

    /// The maximum length of an id, in Unicode scalars.
    public static let maximumIDLength = 128
    /// The shortest interval of ``Timing/every(_:)``, in milliseconds.
    public static let shortestInterval: Int64 = 1000
    /// The maximum number of missed firings that are made up for.
    public static let mostCaughtUp = 100
    /// How late a firing may be, in milliseconds, before it counts as missed.
    ///
    /// Instances look every second, and a failover takes some seconds.
    public static let punctuality: Int64 = 60_000
}
