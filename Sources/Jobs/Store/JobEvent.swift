/// Something that has happened to a job, or to a call about jobs.
///
/// The engine tells what callers asked for and got. A store tells what only it knows: that a job
/// is new, that a completion does not repeat an earlier one, that a lease had lapsed, that a job has
/// expired. Metrics listen to both.
public enum JobEvent: Sendable {
    /// A job was added.
    case added(Job)
    /// A job was handed out, by type or by id.
    case claimed(Job)
    /// A claim by type was answered without a job, be it after a wait.
    case claimedNothing(type: String)
    /// A lease was moved.
    case extended(Job)
    /// A job was given back.
    case aborted(Job)
    /// A job was completed that was not before.
    /// - Parameter started: when its last lease began; `nil`: it had none, or that is not known.
    case completed(Job, started: Timestamp?)
    /// A call was refused since its lease is not the last.
    case leaseLost
    /// A job was taken over from a worker whose lease had lapsed.
    case lapsed(type: String)
    /// Jobs turned out to be past their time.
    case expired(type: String, count: Int64 = 1)
    /// A job turned out to have been started as often as a claim allows.
    case exhausted(type: String)
    /// Cleaning has removed jobs.
    case cleaned(CleanedJobs)
}

/// Hears of what happens to jobs.
public protocol JobObserver: Sendable {
    /// Called in the middle of the work, possibly under a store's lock: has to be quick, and must not call
    /// back.
    func observe(_ event: JobEvent)
}

/// Hears of nothing.
public struct IgnoringObserver: JobObserver {
    public init() {}

    public func observe(_ event: JobEvent) {}
}
