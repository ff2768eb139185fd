extension Duration {
    /// The whole milliseconds, rounded towards zero and clamped to `Int64`.
    package var wholeMilliseconds: Int64 {
        // `components` traps if the seconds are out of range.
        if self >= .milliseconds(Int64.max) { return .max }
        if self <= .milliseconds(Int64.min) { return .min }
        let (seconds, attoseconds) = components
        return seconds.multipliedClamped(by: 1000)
            .addingClamped(attoseconds / 1_000_000_000_000_000)
    }
}
