/// How long jobs are kept after they have ended, in milliseconds each.
///
/// With 0 or less, the next cleaning removes them.
public struct Retention: Sendable, Equatable {
    /// How long completed jobs are kept. Default: 0.
    public var completed: Int64
    /// How long failed jobs are kept. Default: 30 days.
    public var failed: Int64
    /// How long cancelled jobs are kept. Default: 1 day.
    public var cancelled: Int64
    /// How long expired jobs are kept. Default: 0.
    public var expired: Int64

    /// Creates a retention.
    public init(
        completed: Int64 = 0, failed: Int64 = 30 * 86_400_000, cancelled: Int64 = 86_400_000,
        expired: Int64 = 0
    ) {
        self.completed = completed
        self.failed = failed
        self.cancelled = cancelled
        self.expired = expired
    }
}

/// What a cleaning removes.
public struct Cleaning: Sendable, Equatable {
    /// The limit of starts. Jobs without an own limit that were started more often are removed.
    public var maxRetries: Int
    /// How long ended jobs are kept.
    public var retention: Retention

    /// Creates the rules of a cleaning.
    public init(maxRetries: Int, retention: Retention = Retention()) {
        self.maxRetries = maxRetries
        self.retention = retention
    }
}
