/// The optional settings of a worker.
public struct JobsWorkerOptions: Sendable {
    /// The limit of attempts: only jobs that were started fewer times are claimed.
    ///
    /// With `nil`, the configured limit of the service applies.
    public var maxRetries: Int?
    /// The delay before a job whose handler threw can be claimed again.
    ///
    /// The default is about 5 s after the first attempt. It doubles with each attempt, up to 10
    /// minutes.
    public var retryDelay = RetryDelay.exponential(first: .seconds(5), longest: .seconds(600))
    /// The delay before a job whose params cannot be decoded can be claimed again.
    public var undecodableDelay = Duration.seconds(60)
    /// How long the service may hold a claim until there is a job.
    ///
    /// It is clamped to a quarter of the duration of a lease, since a lease is counted from before
    /// the claim was sent.
    public var waitTimeout = Duration.seconds(20)
    /// The maximum pause between two claims if the service does not hold them or cannot be reached.
    public var longestPause = Duration.seconds(2)
    /// How long handlers may run after a shutdown begins. Then they are cancelled and their jobs
    /// are aborted.
    public var gracePeriod = Duration.seconds(30)

    /// Creates options with default settings.
    public init() {}
}

/// The delay before a failed job can be claimed again, as a function of the attempt.
public struct RetryDelay: Sendable {
    /// Returns the delay after an attempt, counted from 1; `nil` for none.
    public let delay: @Sendable (_ attempt: Int) -> Duration?

    /// Creates a delay from a function.
    ///
    /// - Parameter delay: Returns the delay after an attempt, counted from 1; `nil` for none.
    public init(_ delay: @escaping @Sendable (_ attempt: Int) -> Duration?) {
        self.delay = delay
    }

    /// No delay: the job can be claimed again at once.
    public static let none = RetryDelay { _ in nil }

    /// The same delay after every attempt.
    public static func constant(_ delay: Duration) -> RetryDelay { RetryDelay { _ in delay } }

    /// A delay that doubles with each attempt, with random jitter.
    ///
    /// - Parameters:
    ///   - first: The delay after the first attempt, at least 0.
    ///   - longest: The maximum delay.
    ///   - jitter: The maximum share of the delay, from 0 to 1, that is subtracted at random, so
    ///     that jobs that failed together do not come back together.
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
