extension Duration {
    /// The duration in whole milliseconds, as on the wire: rounded up and clamped to `Int64`.
    public var milliseconds: Int64 {
        // `components` traps if the seconds are out of range.
        if self >= .milliseconds(Int64.max) { return .max }
        if self <= .milliseconds(Int64.min) { return .min }
        let (seconds, attoseconds) = components
        // Rounds towards zero, which is up for negative numbers.
        let part = attoseconds / 1_000_000_000_000_000
        let isUp = attoseconds > part * 1_000_000_000_000_000
        return seconds.multipliedClamped(by: 1000).addingClamped(part + (isUp ? 1 : 0))
    }

    /// The duration, clamped to a hundred years. Sums and sleeps of longer durations trap.
    var bounded: Duration { min(max(self, .zero - .longest), .longest) }

    private static let longest = Duration.seconds(100 * 366 * 86_400)
}
