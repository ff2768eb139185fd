import Platform

/// The optional settings of a worker.
public struct JobsWorkerOptions: Sendable {
    /// The name under which the worker starts jobs; `nil` or an empty text for none.
    ///
    /// The service shows it on jobs and attempts. A name longer than `Job.maximumWorkerLength` is
    /// cut. The default is the same for all workers of a process, see ``processName``.
    public var name: String? = processName
    /// The limit of attempts: only jobs that were started fewer times are claimed.
    ///
    /// With `nil`, the configured limit of the service applies.
    public var maxRetries: Int?
    /// The delay before a job whose handler threw can be claimed again; `nil` leaves that to the
    /// retry policy of the job or, if it has none, of the service.
    ///
    /// A service that does not know failures knows no policy either. With `nil`, a job is then
    /// given back with ``RetryDelay/withoutPolicy``.
    public var retryDelay: RetryDelay?
    /// The delay before a job whose params cannot be decoded can be claimed again.
    public var undecodableDelay = Duration.seconds(60)
    /// How long the service may hold a claim until there is a job.
    ///
    /// It is clamped to a quarter of the duration of a lease, since a lease is counted from before
    /// the claim was sent.
    public var waitTimeout = Duration.seconds(20)
    /// The maximum pause between two claims if the service does not hold them or cannot be reached.
    public var longestPause = Duration.seconds(2)
    /// The shortest time between two calls that send the progress of a job, at least 10 ms.
    ///
    /// Of the progress that a handler reports in the meantime, only the last is sent.
    public var progressInterval = Duration.seconds(1)
    /// How long handlers may run after a shutdown begins. Then they are cancelled and their jobs
    /// are given back.
    public var gracePeriod = Duration.seconds(30)

    /// Creates options with default settings.
    public init() {}

    /// The default name of the workers of this process: the host name, the id of the process and a
    /// random number, since processes in containers often have the same id.
    public static let processName: String = {
        let number = String(Int.random(in: 0x1000...0xFFFF), radix: 16)
        // The end must not be cut off.
        return "\(hostName().prefix(100))-\(getpid())-\(number)"
    }()

    /// The name that a service accepts.
    var workerName: String? {
        guard let name, !name.isEmpty else { return nil }
        return String(
            String.UnicodeScalarView(name.unicodeScalars.prefix(Job.maximumWorkerLength)))
    }

    var shortestInterval: Duration { max(progressInterval.bounded, .milliseconds(10)) }
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

    /// The delays for a service without retry policies: about 5 s after the first attempt, and
    /// twice as long after each further one, up to 10 minutes.
    public static let withoutPolicy = RetryDelay.exponential(
        first: .seconds(5), longest: .seconds(600))

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
