package import JSON
package import Jobs

/// A job with what a store knows of it beside what its clients see.
package struct StoredJob: Sendable, Equatable {
    package var job: Job
    /// The token of the last lease, also when that is over.
    package var lockToken: LockToken?
    /// An object of members that were read with the job and that no rule knows: they stay with it.
    package var unknown: JSONText?

    package init(job: Job, lockToken: LockToken? = nil, unknown: JSONText? = nil) {
        self.job = job
        self.lockToken = lockToken
        self.unknown = unknown
    }
}
