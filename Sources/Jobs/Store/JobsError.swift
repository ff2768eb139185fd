/// The errors of a well-formed call. Each case asks the caller for a different reaction.
public enum JobsError: Error, Equatable {
    /// The caller does not hold the lease on the job. It should stop its work on the job.
    case lockLost(JobID)
    /// The store cannot be reached, or failed. The caller should try again later.
    ///
    /// The reason is for the log only.
    case unavailable(reason: String)
    /// Too many calls are waiting, and nothing was done. The caller should try again later.
    case overloaded
    /// The store can never accept the call, because it is too large or breaks a rule of the
    /// database.
    ///
    /// The caller has to change the call. The reason is shown to the caller, so it must not contain
    /// a host, a query or a stack trace.
    case refused(reason: String)
    /// The store stopped at its time limit. The caller should ask for less, or try again.
    ///
    /// Nothing was changed, except what the reason states. The reason is shown to the caller.
    case timedOut(reason: String)
    /// A replay does not apply to the job, and nothing was changed.
    ///
    /// - Parameter isKeyTaken: Whether that is because the job was added as unique, and another
    ///   unfinished job of its type and reference exists by now.
    case notReplayed(JobID, isKeyTaken: Bool)
    /// An earlier add with the same type and request id added this job, which has another
    /// reference. Nothing was done.
    case requestConflict(JobID)
}
