/// The status of one type of jobs: its jobs, its settings and its workers.
public struct TypeStatus: Sendable, Equatable {
    /// The type; ``TypePause/allTypes`` for the pause of all types.
    public var type: String
    /// The numbers of jobs of the type in each state, and the age of the oldest ready one.
    public var counts: JobCounts
    /// The pause of the type; `nil` if it is not paused, or only together with all types.
    public var pause: TypePause?
    /// The limits of the type; `nil` if it has none.
    public var limits: TypeLimits?
    /// The delays after failed attempts of jobs without their own policy; `nil` for those of the
    /// configuration.
    public var retry: RetryPolicy?
    /// How long ended jobs of the type are kept; `nil` for the configured times.
    public var retention: TypeRetention?
    /// The workers that have asked for jobs of the type within the last hour or hold leases on
    /// some, those that asked last first, at most ``maximumWorkers``. Workers without a name are
    /// left out.
    public var workers: [SeenWorker]
    /// The number of claims that wait for a job of the type at the moment.
    public var waiting: Int
    /// When a claim last asked for jobs of the type, also without a name; `nil` if none has within
    /// the last hour.
    public var lastClaim: Timestamp?
    /// How many jobs of the type were added, started, completed and failed in each minute of the
    /// last hour; `nil` unless it was asked for. It is also `nil` for types that are not counted
    /// alone, see ``TypePage/otherRates``.
    public var rates: JobRates?
    /// How long jobs that were started for the first time within about the last ten minutes had
    /// been ready; `nil` unless it was asked for and there are any.
    public var waitTime: JobTimes?
    /// How long the leases of jobs that were completed within about the last ten minutes had
    /// lasted; `nil` unless it was asked for and there are any.
    public var runTime: JobTimes?

    /// The maximum number of ``workers``.
    public static let maximumWorkers = 100

    /// Creates a status of a type of which nothing is known.
    public init(type: String) {
        self.type = type
        counts = JobCounts()
        workers = []
        waiting = 0
    }

    /// The members of the settings; setting them keeps all others.
    package var settings: TypeSettings {
        get {
            var settings = TypeSettings()
            settings.pause = pause
            settings.maxRunning = limits?.maxRunning
            settings.maxRunningPerGroup = limits?.maxRunningPerGroup
            settings.maxStarts = limits?.maxStarts
            settings.retry = retry
            settings.retention = retention
            return settings
        }
        set {
            pause = newValue.pause
            limits = newValue.limits
            retry = newValue.retry
            retention = newValue.retention
        }
    }
}

/// A worker that asks for jobs of a type.
public struct SeenWorker: Sendable, Equatable {
    /// The name that the worker gives.
    public var worker: String
    /// When the worker last asked for a job of the type, or started one.
    public var lastClaim: Timestamp
    /// The number of live leases of the worker on jobs of the type.
    public var running: Int

    /// Creates a worker.
    public init(worker: String, lastClaim: Timestamp, running: Int) {
        self.worker = worker
        self.lastClaim = lastClaim
        self.running = running
    }
}

/// The part of a list of types to return.
public struct TypeQuery: Sendable, Equatable {
    /// The only type to return; `nil` for all types.
    public var type: String?
    /// The number of types to skip. With 0 or less, no type is skipped.
    public var skip: Int
    /// The maximum number of types to return, at most ``maximumTypes``.
    ///
    /// With `nil` or 0, there are up to ``maximumTypes``. With a negative number, there is none.
    public var take: Int?
    /// The type after which the list begins, in its order; `nil` for its start.
    public var after: String?
    /// Whether to count all matching types, regardless of the part.
    public var wantsTotal: Bool
    /// Whether the list is in descending order.
    public var isDescending: Bool
    /// Whether to return the rates of the types.
    public var wantsRates: Bool
    /// The number of the last minutes of the rates to return.
    package var rateMinutes = JobRates.maximumMinutes
    /// The types that the caller may see; `nil` for all.
    package var types: Set<String>?

    /// The maximum number of types of one answer.
    public static let maximumTypes = 1000

    /// Creates a query. Without arguments it asks for the first types.
    ///
    /// - Parameters:
    ///   - type: The only type to return; `nil` for all types.
    ///   - skip: The number of types to skip.
    ///   - take: The maximum number of types to return.
    ///   - after: The type after which the list begins.
    ///   - wantsTotal: Whether to count all matching types.
    ///   - isDescending: Whether the list is in descending order.
    ///   - wantsRates: Whether to return the rates of the types.
    public init(
        type: String? = nil, skip: Int = 0, take: Int? = nil, after: String? = nil,
        wantsTotal: Bool = false, isDescending: Bool = false, wantsRates: Bool = false
    ) {
        self.type = type
        self.skip = skip
        self.take = take
        self.after = after
        self.wantsTotal = wantsTotal
        self.isDescending = isDescending
        self.wantsRates = wantsRates
    }
}

/// A part of a list of types, in the order of their bytes.
public struct TypePage: Sendable, Equatable {
    /// The types of the page.
    public var types: [TypeStatus]
    /// The number of all matching types; `nil` if it was not asked for.
    public var total: Int?
    /// The pause of all types; `nil` if there is none.
    public var pause: TypePause?
    /// The rates of the types that are not counted alone, together. An instance of the service
    /// counts the first hundred types that have jobs alone, and each of these until nothing has
    /// happened to it for an hour. `nil` unless rates were asked for and there are such types.
    public var otherRates: JobRates?
    /// Since when jobs are counted; `nil` unless rates were asked for. What happened before is not
    /// in the rates.
    public var ratesSince: Timestamp?
    /// When the jobs were counted, if that was before the call: a service may tell the numbers of
    /// an earlier call where counting takes long.
    public var asOf: Timestamp?

    /// Creates a page.
    public init(types: [TypeStatus], total: Int? = nil, pause: TypePause? = nil) {
        self.types = types
        self.total = total
        self.pause = pause
    }
}
