/// The failures of the last hour, counted in spans of five minutes.
public enum RecentErrors {
    /// The length of a span, in milliseconds.
    public static let span: Int64 = 300_000
    /// The number of spans.
    public static let spans = 12
    /// The number of jobs of a group that are counted at most, those that failed last.
    public static let maximumCount = 1000

    /// The time since which failures are counted.
    package static func start(at now: Timestamp) -> Timestamp {
        now.advanced(by: -span * Int64(spans))
    }

    /// No failures.
    package static let none = [Int](repeating: 0, count: spans)

    /// The place of a failure in the array of spans; `nil` if it is older.
    package static func place(of errored: Timestamp, at now: Timestamp) -> Int? {
        let age = now.milliseconds.subtractingClamped(errored.milliseconds)
        return place(spansAgo: age / span)
    }

    /// - Parameter count: The number of whole spans since the failure; negative by a clock that has
    ///   run ahead.
    package static func place(spansAgo count: Int64) -> Int? {
        guard count < Int64(spans) else { return nil }
        return spans - 1 - Int(max(count, 0))
    }
}
