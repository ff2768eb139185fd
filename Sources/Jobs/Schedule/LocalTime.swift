/// The local time of a place: how far its clocks are ahead of UTC.
public protocol LocalTime: Sendable {
    /// The milliseconds by which local clocks are ahead of UTC at a time.
    func offset(at time: Timestamp) -> Int64
}

/// The local time of UTC.
public struct UniversalTime: LocalTime {
    /// Creates the local time of UTC.
    public init() {}

    /// Always 0.
    public func offset(at time: Timestamp) -> Int64 { 0 }
}

extension LocalTime {
    /// The first change of the offset after a time and not after an end.
    ///
    /// The search compares the offset day by day, and then bisects the day. Two changes on one day
    /// that cancel each other are not seen; no place has had such.
    func change(after time: Timestamp, upTo end: Timestamp) -> Timestamp? {
        let offset = offset(at: time)
        var low = time
        while low < end {
            var high = min(low.advanced(by: 86_400_000), end)
            guard self.offset(at: high) != offset else {
                low = high
                continue
            }
            while high.milliseconds - low.milliseconds > 1 {
                let middle = Timestamp(
                    milliseconds: low.milliseconds + (high.milliseconds - low.milliseconds) / 2)
                if self.offset(at: middle) == offset { low = middle } else { high = middle }
            }
            return high
        }
        return nil
    }
}
