/// How long a job waits after a failed attempt before it can be claimed again.
///
/// A member that is `nil` has its default: exponential backoff from 1 second to at most 1 hour,
/// 20 % earlier or later at random.
public struct RetryPolicy: Sendable, Hashable {
    /// How the delay grows with the number of failed attempts.
    ///
    /// Not an enumeration, so that a further kind does not break clients.
    public struct Backoff: KnownName {
        /// The name on the wire.
        public let rawValue: String

        private init(name: String) {
            rawValue = name
        }

        /// The delay doubles with each failed attempt.
        public static let exponential = Backoff(name: "exponential")
        /// The delay is multiplied by the number of failed attempts.
        public static let linear = Backoff(name: "linear")
        /// The delay is the same after each failed attempt.
        public static let constant = Backoff(name: "constant")
        /// The job can be claimed again at once.
        public static let none = Backoff(name: "none")

        /// All kinds of backoff.
        public static let allCases: [Backoff] = [exponential, linear, constant, none]
    }

    /// How the delay grows. Default: ``Backoff/exponential``.
    public var backoff: Backoff?
    /// The delay after the first failed attempt, in milliseconds, at least 0. Default: 1,000.
    public var delay: Int64?
    /// The longest delay before ``jitter``, in milliseconds, at least 0. Default: 3,600,000.
    public var maxDelay: Int64?
    /// The largest random share by which the delay is longer or shorter, from 0 to 1. Default: 0.2.
    public var jitter: Double?

    /// Creates a policy. Members that are `nil` have their defaults.
    public init(
        backoff: Backoff? = nil, delay: Int64? = nil, maxDelay: Int64? = nil, jitter: Double? = nil
    ) {
        self.backoff = backoff
        self.delay = delay
        self.maxDelay = maxDelay
        self.jitter = jitter
    }

    /// The default of ``delay``, in milliseconds.
    package static let defaultDelay: Int64 = 1000
    /// The default of ``maxDelay``, in milliseconds.
    package static let defaultMaxDelay: Int64 = 3_600_000
    /// The default of ``jitter``.
    package static let defaultJitter = 0.2
    /// The longest delay, in milliseconds: the time from 1970 to the latest timestamp.
    package static let longestDelay = Timestamp.max.milliseconds
    /// From this number of failed attempts on, an exponential delay does not grow further. It is
    /// longer than ``longestDelay`` by then unless it is 0.
    package static let mostDoublings = 62

    /// Returns the delay after a failed attempt, in milliseconds.
    ///
    /// The maximum applies first, then the jitter. The computation uses 64-bit floating-point
    /// numbers in this order, as a database does that carries out the same rule.
    ///
    /// - Parameters:
    ///   - count: The number of attempts that have failed, at least 1.
    ///   - chance: A random number from -1 to 1, which chooses the place within the jitter.
    public func delay(afterFailures count: Int, chance: Double) -> Int64 {
        let first = Double(delay ?? Self.defaultDelay)
        let count = max(count, 1)
        let grown: Double =
            switch backoff ?? .exponential {
            case .none: 0
            case .constant: first
            case .linear: first * Double(count)
            default: first * Double(1 << min(count - 1, Self.mostDoublings))
            }
        let limited = min(grown, Double(maxDelay ?? Self.defaultMaxDelay))
        let delay = limited * (1 + (jitter ?? Self.defaultJitter) * chance)
        return Int64(max(0, min(delay, Double(Self.longestDelay))))
    }
}
