/// A change of one existing job: which job, the proof of holding its lease, and what is to happen.
///
/// All that can happen to a job once it is there, short of its removal, is a value of this type, so what
/// lies between a caller and a store carries one kind of call. What an act does is said by
/// ``Job/applying(_:at:)``.
public struct JobChange: Sendable, Hashable {
    public var id: JobID
    /// The fencing token that proves the caller holds the lease; `nil` skips the fencing check, for
    /// clients that know no tokens.
    public var lockToken: LockToken?
    public var act: Act

    public init(_ id: JobID, _ lockToken: LockToken?, _ act: Act) {
        self.id = id
        self.lockToken = lockToken
        self.act = act
    }

    public init(_ id: JobID, _ act: Act) {
        self.init(id, nil, act)
    }

    public init(_ lease: LeaseReference, _ act: Act) {
        self.init(lease.id, lease.lockToken, act)
    }

    /// Takes back a start that its caller never learned of.
    public static func release(_ started: StartedJob) -> JobChange {
        JobChange(started.job.id, started.lockToken, .release)
    }

    public var lease: LeaseReference { LeaseReference(id: id, lockToken: lockToken) }

    /// Whether the job's current token shows that the lease is no longer the caller's.
    package func isFenced(by current: LockToken?) -> Bool {
        guard let lockToken, lockToken != current else { return false }
        // A start that was taken back already has no token any more.
        return current != nil || !act.forgetsToken
    }
}

/// What can be done to an existing job.
public enum Act: Sendable, Hashable {
    /// Moves the end of the lease to `timeout` milliseconds from now, be that later or earlier than
    /// before; 0 or less ends it at once. A job without a lease is left unchanged.
    case extend(timeout: Int64)
    /// Ends the lease without completing the job, which can be claimed again after `delay` milliseconds;
    /// at once for `nil` and for 0 or less. A job that is completed or has no lease is left unchanged.
    case abort(delay: Int64? = nil)
    /// Completes the job. A completed job is left unchanged.
    case complete
    /// Takes the last start back: the lease ends, the attempt is not counted, and the job is where it was.
    case release

    /// What the act is called on the wire and in logs.
    public var name: String {
        switch self {
        case .extend: "extend"
        case .abort: "abort"
        case .complete: "complete"
        case .release: "release"
        }
    }

    /// Whether the job forgets the fencing token, as if the lease had never been.
    package var forgetsToken: Bool { self == .release }
}

/// A job and, if the caller has one, the fencing token that proves it holds the lease.
public struct LeaseReference: Sendable, Hashable {
    public var id: JobID
    /// `nil` skips the fencing check, for clients that know no tokens.
    public var lockToken: LockToken?

    public init(id: JobID, lockToken: LockToken? = nil) {
        self.id = id
        self.lockToken = lockToken
    }
}

extension [JobChange] {
    /// The changes in runs of the same kind of act, in order.
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
