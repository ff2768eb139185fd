/// The conditions that select groups of errors. Without any, all are selected.
public struct ErrorQuery: Sendable, Equatable {
    /// Selects jobs of this type; `nil` for any.
    public var type: String?
    /// Counts only jobs whose last attempt failed at this time or later; `nil` for no lower bound.
    public var from: Timestamp?
    /// Counts only jobs whose last attempt failed at this time or earlier; `nil` for no upper
    /// bound.
    public var to: Timestamp?
    /// Selects jobs of these types; `nil` for any. It limits callers that may see some types only.
    package var types: Set<String>?

    /// Creates a query. Without arguments it selects all groups.
    public init(type: String? = nil, from: Timestamp? = nil, to: Timestamp? = nil) {
        self.type = type
        self.from = from
        self.to = to
    }

    /// The types of the groups, in the order of their bytes; `nil` for all.
    package var wantedTypes: [String]? {
        guard let type else { return types.map { $0.sorted(by: String.isOrderedByBytes) } }
        guard let types else { return [type] }
        return types.contains { $0.utf8.elementsEqual(type.utf8) } ? [type] : []
    }

    /// Whether a job that failed at this time is counted.
    package func includes(_ errored: Timestamp) -> Bool {
        (from.map { errored >= $0 } ?? true) && (to.map { errored <= $0 } ?? true)
    }
}

/// The jobs of one type whose last failed attempts have the same ``Job/errorKey``.
///
/// They have failed for good, wait for their next attempt, or are under way with it. A job that is
/// completed, cancelled, replayed or removed is no longer among them.
public struct ErrorGroup: Sendable, Equatable {
    /// The type of the jobs.
    public var type: String
    /// The key of their errors, see ``ErrorKey``.
    public var errorKey: String
    /// The number of jobs; at least so many if ``isCountAtLeast``.
    public var count: Int
    /// Whether there are more jobs than ``count``, of which not all were counted.
    public var isCountAtLeast: Bool
    /// When the first of these jobs failed, by its last attempt that failed.
    public var first: Timestamp
    /// When the last of these jobs failed.
    public var last: Timestamp
    /// The numbers of jobs that failed in each ``RecentErrors/span`` of the last hour, the oldest
    /// first; empty if they are unknown. The newest ``RecentErrors/maximumCount`` jobs are counted.
    public var recent: [Int]
    /// The job that failed last.
    public var example: Example

    /// A job of a group.
    public struct Example: Sendable, Equatable {
        /// The id of the job.
        public var jobID: JobID
        /// The error of the job, without its details; `nil` if its worker gave none.
        public var error: AttemptError?

        /// Creates an example.
        public init(jobID: JobID, error: AttemptError? = nil) {
            self.jobID = jobID
            self.error = error
        }

        /// - Parameter job: The job, whose details are left out, since they may be large.
        package init(_ job: Job) {
            var error = job.error
            error?.details = nil
            self.init(jobID: job.id, error: error == AttemptError() ? nil : error)
        }
    }

    /// Creates a group.
    public init(
        type: String, errorKey: String, count: Int, isCountAtLeast: Bool = false,
        first: Timestamp, last: Timestamp, recent: [Int] = [], example: Example
    ) {
        self.type = type
        self.errorKey = errorKey
        self.count = count
        self.isCountAtLeast = isCountAtLeast
        self.first = first
        self.last = last
        self.recent = recent
        self.example = example
    }
}

/// The groups of errors, the largest first.
public struct ErrorGroups: Sendable, Equatable {
    /// The groups: those with the most jobs first, then by type and key.
    public var groups: [ErrorGroup]
    /// Whether there are groups that are not among these, because there are too many.
    public var isTruncated: Bool
    /// When they were read, if that was before the call: a service may tell the groups of an
    /// earlier call where reading them takes long.
    public var asOf: Timestamp?

    /// The maximum number of groups.
    public static let maximumCount = 1000
    /// The number of jobs of a group up to which a store counts exactly.
    public static let exactCount = 10_000

    /// Creates a list of groups.
    public init(groups: [ErrorGroup] = [], isTruncated: Bool = false) {
        self.groups = groups
        self.isTruncated = isTruncated
    }
}

extension ErrorGroups {
    /// Whether one of two groups comes first.
    package static func isOrdered(
        _ left: (count: Int, type: String, key: String),
        _ right: (count: Int, type: String, key: String)
    ) -> Bool {
        if left.count != right.count { return left.count > right.count }
        if !left.type.utf8.elementsEqual(right.type.utf8) {
            return String.isOrderedByBytes(left.type, right.type)
        }
        return String.isOrderedByBytes(left.key, right.key)
    }
}

extension String {
    /// Whether one of two texts comes first, compared byte by byte.
    package static func isOrderedByBytes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }
}
