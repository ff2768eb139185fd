/// How many jobs a cleaning removed, by the reason for it.
public struct CleanedJobs: Sendable, Equatable {
    public var completed: Int
    public var expired: Int
    /// Started more often than is allowed.
    public var exhausted: Int

    public init(completed: Int = 0, expired: Int = 0, exhausted: Int = 0) {
        self.completed = completed
        self.expired = expired
        self.exhausted = exhausted
    }

    public var total: Int { completed + expired + exhausted }

    public static func += (left: inout CleanedJobs, right: CleanedJobs) {
        left.completed += right.completed
        left.expired += right.expired
        left.exhausted += right.exhausted
    }
}
