package import JSON
package import Jobs

/// A job with the data that only its store knows.
package struct StoredJob: Sendable, Equatable {
    package var job: Job
    /// The token of the last lease, also after its end.
    package var lockToken: LockToken?
    /// A JSON object of unknown members that were read with the job, which are kept.
    package var unknown: JSONText?

    package init(job: Job, lockToken: LockToken? = nil, unknown: JSONText? = nil) {
        self.job = job
        self.lockToken = lockToken
        self.unknown = unknown
    }
}
