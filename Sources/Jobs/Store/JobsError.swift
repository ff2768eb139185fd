/// What can go wrong with a sound request; each case is something else for the caller to do.
public enum JobsError: Error, Equatable {
    /// The lease was taken over, or never was the caller's: stop working on the job.
    case lockLost(JobID)
    /// The store cannot be reached, or failed: try again later. The reason is for the log alone.
    case unavailable(reason: String)
    /// More is waiting than can be worked off soon; nothing was done: try again later.
    case overloaded
    /// The store will never take this, as it is too large or breaks a rule of the database: mend the
    /// request. The reason is shown to the caller, so it holds no host, query or stack.
    case refused(reason: String)
    /// The store gave up after its time limit: ask for less, or again. Nothing was changed, except what
    /// the reason says, which is shown to the caller.
    case timedOut(reason: String)
}
