/// What jobs to list: those that meet every condition that is set.
///
/// A job whose date is nil never meets a condition on that date.
public struct JobFilter: Sendable, Equatable {
    public var id: JobID?
    public var type: String?
    /// Only jobs of one of these types; `nil`: of any. For callers that may see no others.
    package var types: Set<String>?
    public var refID: String?
    public var created = DateCondition()
    public var started = DateCondition()
    public var lockedUntil = DateCondition()
    public var executeUntil = DateCondition()
    public var completed = DateCondition()
    public var retries: Int?
    /// Strictly more than this.
    public var minRetries: Int?

    public init() {}

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

/// Bounds on a date; both ends inclusive.
public struct DateCondition: Sendable, Equatable {
    public var equal: Timestamp?
    public var from: Timestamp?
    public var to: Timestamp?

    public init(equal: Timestamp? = nil, from: Timestamp? = nil, to: Timestamp? = nil) {
        self.equal = equal
        self.from = from
        self.to = to
    }

    public var isEmpty: Bool { equal == nil && from == nil && to == nil }

    public func matches(_ date: Timestamp?) -> Bool {
        guard let date else { return isEmpty }
        return equal.map { date == $0 } ?? true && from.map { date >= $0 } ?? true
            && to.map { date <= $0 } ?? true
    }
}

/// Which part of a list is wanted.
public struct Paging: Sendable, Equatable {
    /// Jobs to pass over; 0 and less: none.
    public var skip: Int
    /// The most jobs to return; nil and 0: as many as a page holds; negative: none.
    public var take: Int?
    /// Whether to count all jobs that match, whatever the page.
    public var wantsTotal: Bool
    /// Only jobs whose id is greater than this one; `skip` counts from there, `total` does not heed it.
    public var after: JobID?
    /// Bytes of `params`, types and references after which a page ends early, with at least one job.
    /// `nil`: no bound.
    public var maxBytes: Int?

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

    /// The number of jobs to return, given the most that a page may hold.
    public func limit(maxPageSize: Int) -> Int {
        guard let take, take != 0 else { return maxPageSize }
        return min(max(take, 0), maxPageSize)
    }
}

/// A part of a list, in the order of ids.
public struct JobPage: Sendable, Equatable {
    public var jobs: [Job]
    /// How many jobs match in all, if it was asked for.
    public var total: Int?
    /// The most jobs that belong to the page behind its last one, where it ended early because of
    /// ``Paging/maxBytes``; else 0.
    public var remaining: Int
    /// Whether the page ended early because of ``Paging/maxBytes``: there may be more jobs that belong
    /// to it, behind its last one.
    public var isCut: Bool { remaining > 0 }

    public init(jobs: [Job], total: Int? = nil, remaining: Int = 0) {
        self.jobs = jobs
        self.total = total
        self.remaining = remaining
    }
}
