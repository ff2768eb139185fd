/// How long jobs are kept after they have ended, in milliseconds each.
///
/// With 0 or less, the next cleaning removes them.
public struct Retention: Sendable, Hashable {
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

/// The rules of a cleaning: which jobs it removes.
public struct Cleaning: Sendable, Equatable {
    /// The limit of starts. Jobs without an own limit that were started more often are removed.
    public var maxRetries: Int
    /// How long ended jobs are kept.
    public var retention: Retention
    /// How long ended jobs of single types are kept, where that is another time.
    public var typeRetentions: [ExactText: TypeRetention]

    /// Creates the rules of a cleaning.
    public init(
        maxRetries: Int, retention: Retention = Retention(),
        typeRetentions: [ExactText: TypeRetention] = [:]
    ) {
        self.maxRetries = maxRetries
        self.retention = retention
        self.typeRetentions = typeRetentions
    }

    /// Returns how long ended jobs of a type are kept.
    public func retention(of type: String) -> Retention {
        // The usual case, since this is called for every job.
        guard !typeRetentions.isEmpty, let own = typeRetentions[ExactText(type)] else {
            return retention
        }
        return retention.applying(own)
    }
}

extension Retention {
    /// Returns the retention with the times that a type has of its own.
    package func applying(_ own: TypeRetention) -> Retention {
        Retention(
            completed: own.completed ?? completed, failed: own.failed ?? failed,
            cancelled: own.cancelled ?? cancelled, expired: own.expired ?? expired)
    }
}
