import JobsClient

/// The attempts at a job as a table for people, oldest first.
enum AttemptTable {
    static func rows(of attempts: [Attempt], _ moments: Moments = .exact) -> [[String]] {
        [["ATTEMPT", "STARTED", "TOOK", "OUTCOME", "WORKER", "NEXT", "ERROR"]]
            + attempts.map { attempt in
                [
                    "\(attempt.number)", moments.text(attempt.started),
                    attempt.duration.map(text) ?? "-", attempt.outcome.rawValue,
                    attempt.worker?.printable ?? "-", attempt.next,
                    attempt.error?.summary.printable ?? "-",
                ]
            }
    }

    /// A duration in its two largest units, such as `350ms`, `2.5s` or `1h 5m`.
    static func text(milliseconds: Int64) -> String {
        let milliseconds = max(milliseconds, 0)
        if milliseconds < 1000 { return "\(milliseconds)ms" }
        let seconds = milliseconds / 1000
        if seconds < 60 {
            let tenths = milliseconds % 1000 / 100
            return tenths == 0 ? "\(seconds)s" : "\(seconds).\(tenths)s"
        }
        if seconds < 3600 { return pair(seconds / 60, "m", seconds % 60, "s") }
        if seconds < 86_400 { return pair(seconds / 3600, "h", seconds % 3600 / 60, "m") }
        return pair(seconds / 86_400, "d", seconds % 86_400 / 3600, "h")
    }

    private static func pair(_ large: Int64, _ unit: String, _ small: Int64, _ smallUnit: String)
        -> String
    {
        small == 0 ? "\(large)\(unit)" : "\(large)\(unit) \(small)\(smallUnit)"
    }
}

extension Attempt {
    /// How long it took, in milliseconds.
    fileprivate var duration: Int64? { started.map { ended.milliseconds(since: $0) } }

    /// When the next attempt was possible, or why there was none.
    fileprivate var next: String {
        if let reason { return "none (\(reason.rawValue))" }
        if let delay {
            return delay > 0 ? "after \(AttemptTable.text(milliseconds: delay))" : "at once"
        }
        return outcome == .aborted || outcome == .lapsed ? "at once" : "-"
    }
}

extension AttemptError {
    /// The type, the message and the details in one line.
    fileprivate var summary: String {
        let head = [type, message].compactMap(\.self).joined(separator: ": ")
        return [head, details?.description].compactMap(\.self).filter { !$0.isEmpty }
            .joined(separator: " ")
    }
}
