import Platform

/// A point in time in UTC, in whole milliseconds.
///
/// The range is that of the format on the wire, the years 1 to 9999. Arithmetic clamps to the
/// range.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    public let milliseconds: Int64

    /// Creates a timestamp from milliseconds since 1970-01-01T00:00:00Z, clamped to the range.
    public init(milliseconds: Int64) {
        self.milliseconds = Swift.min(
            Swift.max(milliseconds, Self.range.lowerBound), Self.range.upperBound)
    }

    /// 0001-01-01T00:00:00.000Z ... 9999-12-31T23:59:59.999Z
    static let range: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999

    /// The earliest timestamp, 0001-01-01T00:00:00.000Z.
    public static let min = Timestamp(milliseconds: .min)
    /// The latest timestamp, 9999-12-31T23:59:59.999Z.
    public static let max = Timestamp(milliseconds: .max)

    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// Returns the timestamp `milliseconds` later, or earlier if negative, clamped to the range.
    public func advanced(by milliseconds: Int64) -> Timestamp {
        let (sum, overflow) = self.milliseconds.addingReportingOverflow(milliseconds)
        return Timestamp(milliseconds: overflow ? (milliseconds < 0 ? .min : .max) : sum)
    }

    /// Both are within some ten thousand years, so the difference is as well.
    package func milliseconds(since other: Timestamp) -> Int64 {
        milliseconds - other.milliseconds
    }

    /// Returns the time of day of this machine.
    ///
    /// Leases are judged by the clock of their store only, see ``JobsPersistence/now()``.
    public static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
