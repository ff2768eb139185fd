extension Duration {
    /// As the wire has it: whole milliseconds, fractions rounded up, within the range of the type.
    public var milliseconds: Int64 {
        // `components` traps where the seconds are out of their range.
        if self >= .milliseconds(Int64.max) { return .max }
        if self <= .milliseconds(Int64.min) { return .min }
        let (seconds, attoseconds) = components
        // Rounds towards zero, which is up for what is negative.
        let part = attoseconds / 1_000_000_000_000_000
        let isUp = attoseconds > part * 1_000_000_000_000_000
        return seconds.multipliedClamped(by: 1000).addingClamped(part + (isUp ? 1 : 0))
    }

    /// The duration, or a hundred years where it is longer: beyond that, sums and sleeps trap.
    var bounded: Duration { min(max(self, .zero - .longest), .longest) }

    private static let longest = Duration.seconds(100 * 366 * 86_400)
}
