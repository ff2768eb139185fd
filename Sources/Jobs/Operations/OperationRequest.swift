/// A request for a bulk operation: one action on all jobs that match a filter.
public struct OperationRequest: Sendable {
    /// The action on each job.
    public var action: BulkOperation.Action
    /// The conditions on the jobs, at least one.
    public var filter: JobFilter
    /// Only jobs that were created at this time or earlier are treated; `nil` or a later time for
    /// now.
    public var before: Timestamp?
    /// Whether the jobs are only counted.
    public var isDryRun: Bool
    /// The milliseconds, 0 to ``BulkOperation/maximumStartDelay``, during which no job is treated,
    /// so that the operation can still be cancelled without an effect.
    public var startDelay: Int64
    /// Why, for people; `nil` for none. At most ``BulkOperation/maximumReasonLength`` Unicode
    /// scalars.
    public var reason: String?
    /// How jobs are replayed. Other actions do not use it.
    public var replay: Replay

    /// Creates a request.
    ///
    /// - Parameters:
    ///   - action: The action on each job.
    ///   - filter: The conditions on the jobs, at least one.
    ///   - before: Only jobs that were created at this time or earlier are treated; `nil` for now.
    ///   - isDryRun: Whether the jobs are only counted.
    ///   - startDelay: The milliseconds during which no job is treated.
    ///   - reason: Why, for people.
    ///   - replay: How jobs are replayed.
    public init(
        _ action: BulkOperation.Action, _ filter: JobFilter, before: Timestamp? = nil,
        isDryRun: Bool = false, startDelay: Int64 = 0, reason: String? = nil,
        replay: Replay = Replay()
    ) {
        self.action = action
        self.filter = filter
        self.before = before
        self.isDryRun = isDryRun
        self.startDelay = startDelay
        self.reason = reason
        self.replay = replay
    }
}

/// Which operations to return.
public struct OperationQuery: Sendable {
    /// Only operations in this state; `nil` for any.
    public var state: BulkOperation.State?
    /// The maximum number of operations, 1 to ``maximumCount``.
    public var max: Int
    /// Only operations that are older than the one with this id; `nil` for the newest. It need not
    /// exist.
    public var after: String?

    /// The largest value of ``max``.
    public static let maximumCount = 1000

    /// Creates a query. Without arguments it asks for the newest 100 operations.
    public init(state: BulkOperation.State? = nil, max: Int = 100, after: String? = nil) {
        self.state = state
        self.max = max
        self.after = after
    }
}
