/// A change of one existing job: the job, the fencing token of its lease, and the act.
///
/// Everything that can happen to an existing job, except its removal, is a value of this type. So
/// the layers between a caller and a store pass on one kind of call. ``Job/applying(_:at:)``
/// defines what each act does.
public struct JobChange: Sendable, Hashable {
    /// The job to change.
    public var id: JobID
    /// The fencing token that proves that the caller holds the lease.
    ///
    /// `nil` skips the fencing check, for clients that do not know tokens.
    public var lockToken: LockToken?
    /// The act to apply to the job.
    public var act: Act
    /// The batch of one caller that the change is in; `nil` if it is alone. The results of a batch
    /// may lack the large fields of jobs, see ``BulkBudget``.
    package var batch: UInt64?

    /// Creates a change of a job.
    ///
    /// - Parameters:
    ///   - id: The job to change.
    ///   - lockToken: The fencing token of the lease; `nil` skips the fencing check.
    ///   - act: The act to apply to the job.
    public init(_ id: JobID, _ lockToken: LockToken?, _ act: Act) {
        self.id = id
        self.lockToken = lockToken
        self.act = act
    }

    /// Creates a change without a fencing check.
    public init(_ id: JobID, _ act: Act) {
        self.init(id, nil, act)
    }

    /// Creates a change of the job that a lease is on, with the token of the lease.
    public init(_ lease: LeaseReference, _ act: Act) {
        self.init(lease.id, lease.lockToken, act)
    }

    /// Creates a change that takes back a start, for example because its caller has disconnected.
    public static func release(_ started: StartedJob) -> JobChange {
        JobChange(started.job.id, started.lockToken, .release)
    }

    /// Whether the job's current token proves that the caller has lost the lease.
    package func isFenced(by current: LockToken?) -> Bool {
        guard let lockToken, lockToken != current else { return false }
        // A start that was already taken back no longer has a token.
        return current != nil || act != .release
    }
}

/// A job and the fencing token that proves that the caller holds its lease.
public struct LeaseReference: Sendable, Hashable {
    /// The job that the lease is on.
    public var id: JobID
    /// The fencing token. `nil` skips the fencing check, for clients that do not know tokens.
    public var lockToken: LockToken?

    /// Creates a reference to the lease on a job.
    public init(id: JobID, lockToken: LockToken? = nil) {
        self.id = id
        self.lockToken = lockToken
    }
}

extension [JobChange] {
    /// The changes, in order, split into runs of consecutive changes with the same kind of act.
    package var runs: [ArraySlice<JobChange>] {
        var runs: [ArraySlice<JobChange>] = []
        var start = startIndex
        for index in indices {
            if index + 1 < endIndex, self[index].act.name == self[index + 1].act.name { continue }
            runs.append(self[start...index])
            start = index + 1
        }
        return runs
    }
}
