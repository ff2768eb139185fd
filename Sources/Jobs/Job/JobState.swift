/// The state of a job at a given time.
///
/// Not an enumeration, so that a further state does not break clients.
public struct JobState: KnownName {
    /// The name of the state on the wire.
    public let rawValue: String

    private init(name: String) {
        rawValue = name
    }

    /// The delay of the job has not ended: the job cannot be claimed by type yet.
    public static let delayed = JobState(name: "delayed")
    /// The job can be claimed. A job whose lease has lapsed is ready again.
    public static let ready = JobState(name: "ready")
    /// The job has a live lease.
    public static let running = JobState(name: "running")
    /// The job is done.
    public static let completed = JobState(name: "completed")
    /// The job has failed for good. It can only be replayed.
    public static let failed = JobState(name: "failed")
    /// The job was cancelled. It can only be replayed.
    public static let cancelled = JobState(name: "cancelled")
    /// The job has no live lease, and its starts have reached the limit. A claim with a higher
    /// limit gets it, unless the job has a limit of its own.
    public static let exhausted = JobState(name: "exhausted")
    /// `executeUntil` has passed and the job has no live lease. The job is never handed out again.
    public static let expired = JobState(name: "expired")

    /// All states.
    public static let allCases: [JobState] = [
        delayed, ready, running, completed, exhausted, expired, failed, cancelled,
    ]
}
