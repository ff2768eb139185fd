/// A request for the next jobs of one type, or of the first of several types that has some.
public struct Claim: Sendable {
    /// The type of the jobs to start. Types are compared byte by byte.
    public var type: String
    /// Further types, of which jobs are started if there is no job of ``type`` that is ready: the
    /// most preferred first. At most ``maximumTypes`` types in all.
    public var alternatives: [String] = []
    /// How long each lease lasts, in milliseconds. With 0 or less, the lease has lapsed at once.
    public var timeout: Int64
    /// The limit of attempts: only jobs that were started fewer times are claimed. Jobs with a
    /// limit of their own go by that.
    ///
    /// With `nil`, the controller uses its configured limit, and a store has no
    /// limit.
    public var maxRetries: Int?
    /// The maximum number of jobs to start. With 0 or less, no job is started.
    public var limit: Int
    /// The name of the worker that the jobs are for, at most ``Job/maximumWorkerLength`` Unicode
    /// scalars; `nil` for none.
    public var worker: String?
    /// The limits of the type; `nil` if it has none. The engine sets them.
    package var limits: TypeLimits?
    /// The id that makes the claim repeatable, at most ``Job/maximumRequestIDLength`` Unicode
    /// scalars; `nil` for none.
    ///
    /// Among claims with the same types and request id, only one starts jobs. The others get the
    /// jobs that are still under those leases, and start none, until the jobs are started again.
    public var requestID: String?
    /// A job that has just become claimable, if it is the only one that the caller has heard of. A
    /// store may look for it by its id first. The engine sets it for claims of one job.
    package var announced: JobID?
    /// The callers that the jobs are for, one for each job, if they are several; else empty.
    package var callers: [ClaimCaller] = []

    /// Creates a claim.
    ///
    /// - Parameters:
    ///   - type: The type of the jobs to start.
    ///   - timeout: The duration of each lease, in milliseconds.
    ///   - maxRetries: The limit of attempts; `nil` for the configured one.
    ///   - limit: The maximum number of jobs to start.
    ///   - worker: The name of the worker; `nil` for none.
    ///   - requestID: The id that makes the claim repeatable; `nil` for none.
    public init(
        type: String, timeout: Int64, maxRetries: Int? = nil, limit: Int = 1, worker: String? = nil,
        requestID: String? = nil
    ) {
        self.type = type
        self.timeout = timeout
        self.maxRetries = maxRetries
        self.limit = limit
        self.worker = worker
        self.requestID = requestID
    }

    /// The maximum number of types of a claim.
    public static let maximumTypes = 20

    /// All types, the most preferred first, each once.
    package var types: [String] {
        guard !alternatives.isEmpty else { return [type] }
        var known: Set<ExactText> = []
        return ([type] + alternatives).filter { known.insert(ExactText($0)).inserted }
    }

    /// The claim of jobs of one of its types.
    package func only(_ type: String) -> Claim {
        var claim = self
        (claim.type, claim.alternatives) = (type, [])
        return claim
    }

    /// The limit of starts that a store goes by.
    package var startLimit: Int { maxRetries ?? .max }
}

/// A request to start one job by its id, regardless of its place in the order.
public struct Start: Sendable {
    /// The job to start.
    public var id: JobID
    /// How long the lease lasts, in milliseconds. With 0 or less, the lease has lapsed at once.
    public var timeout: Int64
    /// The name of the worker, at most ``Job/maximumWorkerLength`` Unicode scalars; `nil` for none.
    public var worker: String?
    /// The limits of all types that have some; a start counts for those of its job's type, and is
    /// never refused. The engine sets them.
    package var limits: [ExactText: TypeLimits] = [:]

    /// Creates a request to start a job.
    ///
    /// - Parameters:
    ///   - id: The job to start.
    ///   - timeout: The duration of the lease, in milliseconds.
    ///   - worker: The name of the worker; `nil` for none.
    public init(_ id: JobID, timeout: Int64, worker: String? = nil) {
        self.id = id
        self.timeout = timeout
        self.worker = worker
    }
}

/// How a claim waits for its first job.
public struct ClaimWait: Sendable {
    package typealias Wait = @Sendable () async throws -> [StartedJob]

    /// The maximum duration of the wait, in milliseconds. With 0 or less, the claim does not wait.
    public var milliseconds: Int64
    /// The caller that the waiting claim is counted for, such as an API key or an address.
    ///
    /// With `nil`, the claim is counted for its type only.
    public var caller: String?
    /// Runs the wait after the first look found no job. It may cancel the wait.
    package var during: @Sendable (_ wait: @escaping Wait) async throws -> [StartedJob]

    /// Creates a wait.
    ///
    /// - Parameters:
    ///   - milliseconds: The maximum duration. With 0 or less, the claim does not wait.
    ///   - caller: The caller that the waiting claim is counted for.
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

    /// No wait: the claim returns at once, with or without jobs.
    public static let none = ClaimWait(milliseconds: 0)
}
