public import Jobs

extension JobsController {
    /// The settings of a controller.
    public struct Options: Sendable, Equatable {
        /// The default limit of attempts: a claim by type gets only jobs that were started fewer
        /// times.
        public var maxRetries: Int
        /// The interval between two cleanings, in milliseconds. With 0 or less, there is no
        /// cleaning.
        public var cleanInterval: Int64
        /// The policy of delays after failed attempts, for jobs without their own.
        public var retry: RetryPolicy
        /// How long jobs are kept after they have ended.
        public var retention: Retention

        /// Creates options.
        ///
        /// - Parameters:
        ///   - maxRetries: The default limit of attempts.
        ///   - cleanInterval: The interval between two cleanings, in milliseconds.
        ///   - retry: The policy of delays after failed attempts.
        ///   - retention: How long jobs are kept after they have ended.
        public init(
            maxRetries: Int = 10, cleanInterval: Int64 = 60_000,
            retry: RetryPolicy = RetryPolicy(), retention: Retention = Retention()
        ) {
            self.maxRetries = maxRetries
            self.cleanInterval = cleanInterval
            self.retry = retry
            self.retention = retention
        }

        var cleaning: Cleaning { Cleaning(maxRetries: maxRetries, retention: retention) }
    }
}
