/// An event in the life of a job, or in a call about jobs.
///
/// The engine reports what callers asked for and received. A store reports what only the store
/// knows: a job is new, a completion does not repeat an earlier one, a lease had lapsed, a job has
/// expired. Metrics observe both.
public enum JobEvent: Sendable {
    /// A job was added.
    case added(Job)
    /// A job was handed out, by type or by id.
    case claimed(Job)
    /// A claim by type ended without a job, possibly after a wait.
    case claimedNothing(type: String)
    /// The end of a lease was moved.
    case extended(Job)
    /// A lease was ended without completing the job.
    case aborted(Job)
    /// A job was completed. A repeated completion is not an event.
    ///
    /// - Parameter started: When the last lease began; `nil` if there was none or it is not known.
    case completed(Job, started: Timestamp?)
    /// An attempt failed, and the job waits for its next attempt or has failed for good.
    case failed(Job)
    /// A job was cancelled. A request to cancel a running job is not an event until it takes
    /// effect.
    case cancelled(Job)
    /// A job that had ended, or was exhausted or expired, was made claimable again.
    case replayed(Job)
    /// A change was refused because its fencing token is not the token of the last lease.
    case leaseLost
    /// A job was handed out again after its lease had lapsed.
    case lapsed(type: String)
    /// The store found jobs that have expired.
    case expired(type: String, count: Int64 = 1)
    /// The store found a job whose attempts have reached the limit of a claim.
    case exhausted(type: String)
    /// A claim found jobs, but no room for one under the limits of its type.
    case noRoom(type: String)
    /// A schedule has added jobs of a type, one for each firing.
    case fired(type: String, count: Int64)
    /// A schedule has skipped firings, because its last job had not ended, they were missed, or
    /// its job was refused.
    case passedOver(type: String)
    /// Schedules could not be fired, and are fired later.
    case firingFailed
    /// A bulk operation has treated jobs.
    case operated(action: BulkOperation.Action, count: Int64)
    /// Cleaning has removed jobs.
    case cleaned(CleanedJobs)
}

/// A receiver of events about jobs, such as metrics.
public protocol JobObserver: Sendable {
    /// Receives an event.
    ///
    /// The store may hold a lock during the call. The method has to return quickly and must not
    /// call the store.
    func observe(_ event: JobEvent)
}

/// An observer that ignores all events.
public struct IgnoringObserver: JobObserver {
    /// Creates an observer that ignores all events.
    public init() {}

    public func observe(_ event: JobEvent) {}
}
