/// A job that was just handed out to the caller, with the token of its lease.
public struct ClaimedJob: Sendable, Equatable {
    /// The job with its new lease.
    public var job: Job
    /// The fencing token of the lease.
    ///
    /// It is `nil` from a service that does not know tokens. Then a change applies even if another
    /// worker holds the lease.
    public var lockToken: LockToken?

    /// Creates a claimed job from the job and the token of its lease.
    public init(job: Job, lockToken: LockToken?) {
        self.job = job
        self.lockToken = lockToken
    }

    /// The reference to the lease that extending, aborting and completing the job require.
    public var lease: LeaseReference { LeaseReference(id: job.id, lockToken: lockToken) }
}
