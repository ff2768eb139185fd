/// What a worker can be told beyond what it works on.
public struct JobsWorkerOptions: Sendable {
    /// Only jobs that were started fewer times are claimed; nil: as the service is configured.
    public var maxRetries: Int?
    /// When a job whose handler threw can be claimed again. At first after about 5 s, and twice as much
    /// after each further attempt, up to 10 minutes.
    public var retryDelay = RetryDelay.exponential(first: .seconds(5), longest: .seconds(600))
    /// When a job whose params cannot be decoded can be claimed again, by a worker that can.
    public var undecodableDelay = Duration.seconds(60)
    /// How long the service may hold a claim until there is a job. A quarter of the lease's time at
    /// most, since leases are counted from before the claim was sent.
    public var waitTimeout = Duration.seconds(20)
    /// The longest pause between two claims where the service does not hold them, and while it
    /// cannot be reached.
    public var longestPause = Duration.seconds(2)
    /// How long handlers may go on after a shutdown has begun. Then they are cancelled, and their jobs
    /// given back.
    public var gracePeriod = Duration.seconds(30)

    public init() {}
}

/// How long a job that failed is left alone.
public struct RetryDelay: Sendable {
    /// From the number of times that the job was started.
    public let delay: @Sendable (_ attempt: Int) -> Duration?

    /// - Parameter delay: from the number of times that the job was started; nil: none.
    public init(_ delay: @escaping @Sendable (_ attempt: Int) -> Duration?) {
        self.delay = delay
    }

    /// It can be claimed again at once.
    public static let none = RetryDelay { _ in nil }

    public static func constant(_ delay: Duration) -> RetryDelay { RetryDelay { _ in delay } }

    /// `first` after the first attempt, and twice as much after each further one.
    /// - Parameters:
    ///   - first: at least 0.
    ///   - longest: what it does not grow beyond.
    ///   - jitter: the share of it, from 0 to 1, that is left out at random at most, so that jobs which
    ///     failed together do not come back together.
    public static func exponential(first: Duration, longest: Duration, jitter: Double = 0.2)
        -> RetryDelay
    {
        precondition((0...1).contains(jitter), "jitter is a share from 0 to 1")
        return RetryDelay { attempt in
            let delay = min(first.bounded * (1 << min(max(attempt - 1, 0), 30)), longest.bounded)
            return delay * (1 - Double.random(in: 0...jitter))
        }
    }
}
