/// Asks for the next jobs of a type.
public struct Claim: Sendable {
    public var type: String
    /// How long the leases last, in milliseconds. 0 or less yields leases that have already lapsed.
    public var timeout: Int64
    /// Only jobs that were started fewer times; `nil`: as configured, and no limit for a store.
    public var maxRetries: Int?
    /// The most jobs to start.
    public var limit: Int

    public init(type: String, timeout: Int64, maxRetries: Int? = nil, limit: Int = 1) {
        self.type = type
        self.timeout = timeout
        self.maxRetries = maxRetries
        self.limit = limit
    }

    /// The limit of starts that a store goes by.
    package var startLimit: Int { maxRetries ?? .max }
}

/// Asks for one job by its id, whatever its place in the order.
public struct Start: Sendable {
    public var id: JobID
    /// How long the lease lasts, in milliseconds. 0 or less yields a lease that has already lapsed.
    public var timeout: Int64

    public init(_ id: JobID, timeout: Int64) {
        self.id = id
        self.timeout = timeout
    }
}

/// How a claim waits for its first job.
public struct ClaimWait: Sendable {
    package typealias Wait = @Sendable () async throws -> [StartedJob]

    /// For how long at most; 0 or less: not at all.
    public var milliseconds: Int64
    /// For whom the places of waiting claims are counted: a key, or an address; `nil`: by type only.
    public var caller: String?
    /// Carries out the waiting itself, once there is no job at once, and may cancel it.
    package var during: @Sendable (_ wait: @escaping Wait) async throws -> [StartedJob]

    public init(milliseconds: Int64, caller: String? = nil) {
        self.init(milliseconds: milliseconds, caller: caller) { try await $0() }
    }

    package init(
        milliseconds: Int64, caller: String? = nil,
        during: @escaping @Sendable (_ wait: @escaping Wait) async throws -> [StartedJob]
    ) {
        self.milliseconds = milliseconds
        self.caller = caller
        self.during = during
    }

    public static let none = ClaimWait(milliseconds: 0)
}
