/// The settings of a type of jobs, which operators change while the service runs.
///
/// They are kept in a record of the kind ``RecordKind/type`` whose key is the type, and exist
/// whether or not the type has jobs.
public struct TypeSettings: Sendable, Equatable {
    /// The maximum number of live leases on jobs of the type, at least 1; `nil` for no limit.
    public var maxRunning: Int?
    /// The maximum number of live leases on jobs of the type in one group, at least 1; `nil` for no
    /// limit. Jobs without a group are not counted.
    public var maxRunningPerGroup: Int?
    /// The maximum number of starts in a time; `nil` for no limit.
    public var maxStarts: StartRate?
    /// The delays after failed attempts of jobs without their own policy; `nil` for those of the
    /// configuration.
    public var retry: RetryPolicy?
    /// How long ended jobs of the type are kept; `nil` for the configured times.
    public var retention: TypeRetention?
    /// Why and since when no job of the type is claimed; `nil` if the type is not paused.
    public var pause: TypePause?

    /// Creates settings that say nothing.
    public init() {}

    /// The limits of the type; `nil` if it has none. Limits that are out of range are none.
    public var limits: TypeLimits? {
        let limits = TypeLimits(
            maxRunning: maxRunning.flatMap { $0 > 0 ? $0 : nil },
            maxRunningPerGroup: maxRunningPerGroup.flatMap { $0 > 0 ? $0 : nil },
            maxStarts: maxStarts.flatMap { $0.isValid ? $0 : nil })
        return limits == TypeLimits() ? nil : limits
    }
}

/// The limits of a type of jobs, which hold over all instances of the service.
public struct TypeLimits: Sendable, Hashable {
    /// The maximum number of live leases, at least 1; `nil` for no limit.
    public var maxRunning: Int?
    /// The maximum number of live leases in one group, at least 1; `nil` for no limit.
    public var maxRunningPerGroup: Int?
    /// The maximum number of starts in a time; `nil` for no limit.
    public var maxStarts: StartRate?

    /// Creates limits. Without arguments, there are none.
    public init(
        maxRunning: Int? = nil, maxRunningPerGroup: Int? = nil, maxStarts: StartRate? = nil
    ) {
        self.maxRunning = maxRunning
        self.maxRunningPerGroup = maxRunningPerGroup
        self.maxStarts = maxStarts
    }
}

/// A maximum number of starts in any window of a length.
public struct StartRate: Sendable, Hashable {
    /// The maximum number of starts, 1 to ``maximumCount``.
    public var count: Int
    /// The length of the window in milliseconds, at least 1.
    public var period: Int64

    /// The largest ``count``.
    public static let maximumCount = 10_000

    /// Creates a rate.
    public init(count: Int, period: Int64) {
        self.count = count
        self.period = period
    }

    /// Whether both numbers are in their ranges.
    var isValid: Bool { 1...Self.maximumCount ~= count && period > 0 }
}

/// How long ended jobs of one type are kept, in milliseconds each; `nil` for the configured time.
public struct TypeRetention: Sendable, Hashable {
    /// How long completed jobs are kept.
    public var completed: Int64?
    /// How long failed jobs are kept.
    public var failed: Int64?
    /// How long cancelled jobs are kept.
    public var cancelled: Int64?
    /// How long expired jobs are kept.
    public var expired: Int64?

    /// Creates a retention that says nothing.
    public init() {}
}

/// A pause of a type of jobs, or of all types: no job is claimed by type.
public struct TypePause: Sendable, Hashable {
    /// Why, in the words of the operator; `nil` if none was given.
    public var reason: String?
    /// When the pause began, by the clock of the store.
    public var since: Timestamp
    /// When the pause ends by itself; `nil` if it lasts until it is ended.
    public var until: Timestamp?

    /// The type that stands for all types.
    public static let allTypes = "*"

    /// Creates a pause.
    public init(reason: String? = nil, since: Timestamp, until: Timestamp? = nil) {
        self.reason = reason
        self.since = since
        self.until = until
    }

    /// Whether the pause has not ended at `now`.
    public func isInEffect(at now: Timestamp) -> Bool {
        until.map { $0 > now } ?? true
    }
}
