extension WaitingJobsPersistence {
    /// The settings of waiting claims.
    public struct Options: Sendable {
        /// The maximum number of claims that wait at a time. Further claims are refused.
        public var maxWaiters: Int
        /// The interval of probes of the store while the news of other processes is followed.
        public var probeInterval: Duration
        /// The interval of probes of the store while the news of other processes is not followed.
        public var blindProbeInterval: Duration

        /// Creates options.
        ///
        /// - Parameters:
        ///   - maxWaiters: The maximum number of claims that wait at a time.
        ///   - probeInterval: The interval of probes while news is followed.
        ///   - blindProbeInterval: The interval of probes while news is not followed.
        public init(
            maxWaiters: Int = 5000, probeInterval: Duration = .seconds(30),
            blindProbeInterval: Duration = .seconds(1)
        ) {
            self.maxWaiters = maxWaiters
            self.probeInterval = probeInterval
            self.blindProbeInterval = blindProbeInterval
        }
    }
}

extension WaitingJobsPersistence.Options {
    /// Returns the interval until the next probe, with jitter so that instances do not probe
    /// together.
    func probeInterval(isFollowed: Bool) -> Duration {
        (isFollowed ? probeInterval : blindProbeInterval) * Double.random(in: 0.75...1.25)
    }
}
