/// A job that was just handed out to the caller.
public struct ClaimedJob: Sendable, Equatable {
    public var job: Job
    /// Shows the lease to be the caller's. Nil from a service that knows no tokens: then what is done
    /// to the job applies whoever has it.
    public var lockToken: LockToken?

    public init(job: Job, lockToken: LockToken?) {
        self.job = job
        self.lockToken = lockToken
    }

    /// What to show to extend, abort or complete it.
    public var lease: LeaseReference { LeaseReference(id: job.id, lockToken: lockToken) }
}
