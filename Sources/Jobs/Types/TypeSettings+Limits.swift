/// Limits of the values of settings, for those that operators send and for those that stores have.
extension TypeSettings {
    /// The settings without the values that are out of range, for settings that come from a store.
    ///
    /// A number of starts that is too large is lowered to the largest one.
    package var sound: TypeSettings {
        var sound = self
        sound.maxRunning = maxRunning.flatMap { $0 >= 1 ? $0 : nil }
        sound.maxRunningPerGroup = maxRunningPerGroup.flatMap { $0 >= 1 ? $0 : nil }
        sound.maxStarts = maxStarts.flatMap { rate in
            guard rate.count >= 1, rate.period >= 1 else { return nil }
            return StartRate(
                count: min(rate.count, StartRate.maximumCount), period: rate.period)
        }
        sound.retry = retry?.sound
        return sound
    }

    /// - Throws: ``JobsError/refused(reason:)`` for a value that is out of range.
    package func checkLimits() throws(JobsError) {
        try JobsError.check("max_running", maxRunning)
        try JobsError.check("max_running_per_group", maxRunningPerGroup)
        if let maxStarts {
            guard (1...StartRate.maximumCount).contains(maxStarts.count) else {
                throw .refused(
                    reason: "max_starts.count must be from 1 to \(StartRate.maximumCount)")
            }
            guard maxStarts.period >= 1 else {
                throw .refused(reason: "max_starts.period must be at least 1")
            }
        }
        try retry?.checkLimits()
    }
}

extension RetryPolicy {
    fileprivate var sound: RetryPolicy {
        RetryPolicy(
            backoff: backoff, delay: delay.flatMap { $0 >= 0 ? $0 : nil },
            maxDelay: maxDelay.flatMap { $0 >= 0 ? $0 : nil },
            jitter: jitter.flatMap { (0...1).contains($0) ? $0 : nil })
    }
}

extension TypePause {
    /// The maximum length of a ``reason``, in Unicode scalars.
    public static let maximumReasonLength = 1000
}

extension JobsError {
    fileprivate static func check(_ name: String, _ limit: Int?) throws(JobsError) {
        guard let limit, !(1...Int(Int32.max)).contains(limit) else { return }
        throw .refused(reason: "\(name) must be from 1 to \(Int32.max)")
    }
}
