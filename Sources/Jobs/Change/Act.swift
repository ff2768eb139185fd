public import JSON

/// A change of an existing job.
///
/// A failure and a replay are indirect, because they would make the other acts as large as they
/// are.
public enum Act: Sendable, Hashable {
    /// Moves the end of the lease to `timeout` milliseconds from now, later or earlier than before.
    ///
    /// With 0 or less, the lease ends at once. A `progress` replaces the one before. A job without
    /// a lease is left unchanged.
    case extend(timeout: Int64, progress: JSONText? = nil)
    /// Ends the lease without completing the job.
    ///
    /// The job can be claimed again after `delay` milliseconds, or at once if `delay` is `nil`, 0
    /// or negative. If a cancellation is pending, the job is cancelled instead. A job that has
    /// ended or has no lease is left unchanged.
    case abort(delay: Int64? = nil)
    /// Completes the job, with the `result` of the work. A job that has ended is left unchanged.
    case complete(result: JSONText? = nil)
    /// Ends the lease because the attempt failed.
    ///
    /// The job can be claimed again after the delay of its policy, or it has failed for good. If a
    /// cancellation is pending, the job is cancelled instead. A job that has ended or has no lease
    /// is left unchanged.
    indirect case fail(Failure)
    /// Cancels the job, at once if it has no live lease, else when the lease ends. A job that has
    /// ended is left unchanged.
    case cancel
    /// Makes a job claimable again that has failed, was cancelled, or is exhausted or expired.
    indirect case replay(Replay)
    /// Takes the last start back: the lease ends, the attempt is not counted, and the job keeps its
    /// place in the order. A job whose claim was repeated is left unchanged.
    case release
    /// Records a cancellation that took effect when the lease lapsed. Other jobs are left
    /// unchanged.
    case settle

    /// Completes the job without a result.
    public static let complete = Act.complete(result: nil)

    /// The name of the act on the wire and in logs.
    public var name: String {
        switch self {
        case .extend: "extend"
        case .abort: "abort"
        case .complete: "complete"
        case .fail: "fail"
        case .cancel: "cancel"
        case .replay: "replay"
        case .release: "release"
        case .settle: "settle"
        }
    }

    /// When a job that is like this after the act can be claimed, in milliseconds from the act;
    /// `nil` if it cannot, or if the act has not changed that.
    package func delay(of job: Job) -> Int64? {
        guard !job.isEnded else { return nil }
        switch self {
        case .extend(let timeout, _): return job.isLeased ? timeout : nil
        case .abort(let delay): return delay ?? 0
        case .fail: return job.attempts.last?.delay ?? 0
        case .replay(let replay): return replay.delay ?? 0
        case .release: return 0
        case .complete, .cancel, .settle: return nil
        }
    }

    /// Whether the act has ended the lease of a job that is like this after it.
    package func endsLease(of job: Job) -> Bool {
        switch self {
        case .extend(let timeout, _): timeout <= 0
        case .replay: false
        case .cancel: job.isEnded
        case .abort, .complete, .fail, .release, .settle: true
        }
    }

    /// Writes the arguments of the act, as clients send them. Those that are not set are left out.
    package func write(to json: inout JSONWriter) {
        switch self {
        case .extend(let timeout, let progress):
            json.member("timeout", .integer(timeout))
            if let progress { json.member("progress", .json(progress)) }
        case .abort(let delay):
            if let delay { json.member("delay", .integer(delay)) }
        case .complete(let result):
            if let result { json.member("result", .json(result)) }
        case .fail(let failure): json.members(Failure.fields, of: failure)
        case .cancel, .replay, .release, .settle: break
        }
    }

    /// The fencing token of a job after the act, given the one before.
    package func token(after current: LockToken?) -> LockToken? {
        switch self {
        // As if the lease had never existed.
        case .release: nil
        case .replay(let replay): replay.token
        default: current
        }
    }
}
