extension RetryPolicy {
    /// Creates a policy whose delay doubles with each failed attempt.
    ///
    /// - Parameters:
    ///   - first: The delay after the first failed attempt.
    ///   - longest: The longest delay before jitter; `nil` for 1 hour.
    ///   - jitter: The largest random share by which a delay is longer or shorter, from 0 to 1;
    ///     `nil` for 0.2.
    public static func exponential(
        first: Duration, longest: Duration? = nil, jitter: Double? = nil
    ) -> RetryPolicy {
        RetryPolicy(
            backoff: .exponential, delay: first.milliseconds, maxDelay: longest?.milliseconds,
            jitter: jitter)
    }

    /// Creates a policy whose delay grows by the same amount with each failed attempt.
    ///
    /// - Parameters:
    ///   - first: The delay after the first failed attempt.
    ///   - longest: The longest delay before jitter; `nil` for 1 hour.
    ///   - jitter: The largest random share by which a delay is longer or shorter, from 0 to 1;
    ///     `nil` for 0.2.
    public static func linear(
        first: Duration, longest: Duration? = nil, jitter: Double? = nil
    ) -> RetryPolicy {
        RetryPolicy(
            backoff: .linear, delay: first.milliseconds, maxDelay: longest?.milliseconds,
            jitter: jitter)
    }

    /// Creates a policy with the same delay after each failed attempt.
    ///
    /// - Parameters:
    ///   - delay: The delay; one of more than 1 hour is not shortened.
    ///   - jitter: The largest random share by which a delay is longer or shorter, from 0 to 1;
    ///     `nil` for 0.2.
    public static func constant(_ delay: Duration, jitter: Double? = nil) -> RetryPolicy {
        // The default of the longest delay must not shorten it.
        let longest = delay.milliseconds > defaultMaxDelay ? delay.milliseconds : nil
        return RetryPolicy(
            backoff: .constant, delay: delay.milliseconds, maxDelay: longest, jitter: jitter)
    }
}
