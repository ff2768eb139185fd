/// The conditions that select the jobs of a list. A job has to meet every condition that is set.
///
/// A job whose date is `nil` does not meet any condition on that date. Strings are compared byte by
/// byte.
public struct JobFilter: Sendable, Equatable {
    /// Selects the job with this id; `nil` for any.
    public var id: JobID?
    /// Selects jobs of this type; `nil` for any.
    public var type: String?
    /// Selects jobs of these types; `nil` for any. It limits callers that may see some types only.
    package var types: Set<String>?
    /// Selects jobs with this reference; `nil` for any.
    public var refID: String?
    /// The condition on the time of creation.
    public var created = DateCondition()
    /// The condition on the start of the current lease.
    public var started = DateCondition()
    /// The condition on the end of the current lease.
    public var lockedUntil = DateCondition()
    /// The condition on the time from which the job cannot be started.
    public var executeUntil = DateCondition()
    /// The condition on the time of completion.
    public var completed = DateCondition()
    /// Selects jobs with exactly this number of attempts; `nil` for any.
    public var retries: Int?
    /// Selects jobs with more attempts than this number; `nil` for any.
    public var minRetries: Int?
    /// Selects jobs in this state; `nil` for any.
    public var state: JobState?
    /// Selects jobs whose last start was by this worker; `nil` for any.
    public var worker: String?
    /// Selects jobs of this group; `nil` for any.
    public var group: String?
    /// Selects jobs whose ``Job/error`` is of this type; `nil` for any.
    public var errorType: String?
    /// Selects jobs whose ``Job/errorKey`` is this; `nil` for any.
    public var errorKey: String?
    /// Selects jobs in one of these states; `nil` for any.
    package var states: Set<JobState>?
    /// Selects jobs with one of these ids; `nil` for any.
    package var ids: Set<JobID>?
    /// Selects jobs without a start, an end, an ended attempt or the end of a lease after this
    /// time; `nil` for any.
    package var untouchedSince: Timestamp?
    /// The limit of starts by which states are judged. A controller sets it.
    package var maxRetries = Int.max

    /// Creates a filter that every job matches.
    public init() {}

    /// Whether the job meets every condition of the filter at `now`.
    public func matches(_ job: Job, at now: Timestamp) -> Bool {
        if let id, id != job.id { return false }
        if let ids, !ids.contains(job.id) { return false }
        if let type, !type.utf8.elementsEqual(job.type.utf8) { return false }
        if let types, !types.contains(where: { $0.utf8.elementsEqual(job.type.utf8) }) {
            return false
        }
        if let refID, !refID.utf8.elementsEqual(job.refID.utf8) { return false }
        if let retries, retries != job.retries { return false }
        if let minRetries, job.retries <= minRetries { return false }
        if state != nil || states != nil {
            let found = job.state(at: now, maxRetries: maxRetries)
            if let state, state != found { return false }
            if let states, !states.contains(found) { return false }
        }
        if let worker, !worker.isSame(as: job.worker) { return false }
        if let group, !group.isSame(as: job.group) { return false }
        if let errorType, !errorType.isSame(as: job.error?.type) { return false }
        if let errorKey, !errorKey.isSame(as: job.errorKey) { return false }
        if let untouchedSince, job.wasTouched(after: untouchedSince) { return false }
        return created.matches(job.created) && started.matches(job.started)
            && lockedUntil.matches(job.lockedUntil) && executeUntil.matches(job.executeUntil)
            && completed.matches(job.completed)
    }
}

/// A condition on a date: an exact value, or inclusive bounds.
public struct DateCondition: Sendable, Equatable {
    /// The exact date; `nil` for any.
    public var equal: Timestamp?
    /// The earliest date, inclusive; `nil` for no lower bound.
    public var from: Timestamp?
    /// The latest date, inclusive; `nil` for no upper bound.
    public var to: Timestamp?

    /// Creates a condition. Without arguments it matches every date, and also `nil`.
    public init(equal: Timestamp? = nil, from: Timestamp? = nil, to: Timestamp? = nil) {
        self.equal = equal
        self.from = from
        self.to = to
    }

    /// Whether the condition is not set.
    public var isEmpty: Bool { equal == nil && from == nil && to == nil }

    /// Whether a date meets the condition. Only an empty condition matches `nil`.
    public func matches(_ date: Timestamp?) -> Bool {
        guard let date else { return isEmpty }
        return equal.map { date == $0 } ?? true && from.map { date >= $0 } ?? true
            && to.map { date <= $0 } ?? true
    }
}

extension String {
    /// Compares byte by byte.
    fileprivate func isSame(as other: String?) -> Bool {
        other.map { utf8.elementsEqual($0.utf8) } ?? false
    }
}
