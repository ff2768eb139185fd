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
    /// The id after which the list begins, in its order; `nil` for its start. No job needs to have
    /// this id.
    ///
    /// ``skip`` counts from there. The total count includes the jobs before it.
    public var after: JobID?
    /// The limit of the size of a page, in bytes of params, types and references; `nil` for no
    /// limit.
    ///
    /// A page that reaches the limit ends early, but has at least one job.
    public var maxBytes: Int?
    /// Whether the list is in descending order of ids: the newest jobs first.
    public var isDescending: Bool
    /// The number of matching jobs at which counting stops; `nil` for none.
    package var totalLimit: Int?
    /// The names of fields that the caller does not need. A store may leave them out of the jobs.
    package var needless: Set<String> = []

    /// Creates a paging. Without arguments it asks for the first page, without the total count.
    ///
    /// - Parameters:
    ///   - skip: The number of jobs to skip.
    ///   - take: The maximum number of jobs to return.
    ///   - wantsTotal: Whether to count all matching jobs.
    ///   - after: The id after which the list begins.
    ///   - maxBytes: The limit of the size of the page, in bytes.
    ///   - isDescending: Whether the newest jobs come first.
    public init(
        skip: Int = 0, take: Int? = nil, wantsTotal: Bool = false, after: JobID? = nil,
        maxBytes: Int? = nil, isDescending: Bool = false
    ) {
        self.skip = skip
        self.take = take
        self.wantsTotal = wantsTotal
        self.after = after
        self.maxBytes = maxBytes
        self.isDescending = isDescending
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
