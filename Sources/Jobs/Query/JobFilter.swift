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

    /// Creates a filter that every job matches.
    public init() {}

    /// Whether the job meets every condition of the filter.
    public func matches(_ job: Job) -> Bool {
        if let id, id != job.id { return false }
        if let type, !type.utf8.elementsEqual(job.type.utf8) { return false }
        if let types, !types.contains(where: { $0.utf8.elementsEqual(job.type.utf8) }) {
            return false
        }
        if let refID, !refID.utf8.elementsEqual(job.refID.utf8) { return false }
        if let retries, retries != job.retries { return false }
        if let minRetries, job.retries <= minRetries { return false }
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

/// The part of a list to return.
public struct Paging: Sendable, Equatable {
    /// The number of jobs to skip. With 0 or less, no job is skipped.
    public var skip: Int
    /// The maximum number of jobs to return.
    ///
    /// With `nil` or 0, the page has its maximum size. With a negative number, the page is empty.
    public var take: Int?
    /// Whether to count all matching jobs, regardless of the page.
    public var wantsTotal: Bool
    /// The id after which the list begins; `nil` for its start.
    ///
    /// ``skip`` counts from there. The total count includes the jobs before it.
    public var after: JobID?
    /// The limit of the size of a page, in bytes of params, types and references; `nil` for no
    /// limit.
    ///
    /// A page that reaches the limit ends early, but has at least one job.
    public var maxBytes: Int?

    /// Creates a paging. Without arguments it asks for the first page, without the total count.
    ///
    /// - Parameters:
    ///   - skip: The number of jobs to skip.
    ///   - take: The maximum number of jobs to return.
    ///   - wantsTotal: Whether to count all matching jobs.
    ///   - after: The id after which the list begins.
    ///   - maxBytes: The limit of the size of the page, in bytes.
    public init(
        skip: Int = 0, take: Int? = nil, wantsTotal: Bool = false, after: JobID? = nil,
        maxBytes: Int? = nil
    ) {
        self.skip = skip
        self.take = take
        self.wantsTotal = wantsTotal
        self.after = after
        self.maxBytes = maxBytes
    }

    /// Returns the maximum number of jobs to return, given the maximum size of a page.
    public func limit(maxPageSize: Int) -> Int {
        guard let take, take != 0 else { return maxPageSize }
        return min(max(take, 0), maxPageSize)
    }
}

/// A part of a list of jobs, in the order of their ids.
public struct JobPage: Sendable, Equatable {
    /// The jobs of the page.
    public var jobs: [Job]
    /// The number of all matching jobs; `nil` if it was not asked for.
    public var total: Int?
    /// The maximum number of jobs that the page lacks because it reached ``Paging/maxBytes``; 0 if
    /// it did not end early.
    public var remaining: Int
    /// Whether the page ended early because it reached ``Paging/maxBytes``. More jobs may follow.
    public var isCut: Bool { remaining > 0 }

    /// Creates a page.
    ///
    /// - Parameters:
    ///   - jobs: The jobs of the page, in the order of their ids.
    ///   - total: The number of all matching jobs; `nil` if it was not asked for.
    ///   - remaining: The maximum number of jobs that the page lacks.
    public init(jobs: [Job], total: Int? = nil, remaining: Int = 0) {
        self.jobs = jobs
        self.total = total
        self.remaining = remaining
    }
}
