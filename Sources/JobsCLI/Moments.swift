import JobsClient

/// Times as people read them: how long ago, or in how long.
struct Moments {
    let now: Timestamp
    /// Whether to write exact dates instead.
    let areExact: Bool

    static let exact = Moments(now: Timestamp(milliseconds: 0), areExact: true)

    /// `3m ago`, `in 5s`, or the date.
    func text(_ time: Timestamp) -> String {
        if areExact { return "\(time)" }
        let age = now.milliseconds(since: time)
        return age >= 0 ? "\(Self.short(age)) ago" : "in \(Self.short(-age))"
    }

    func text(_ time: Timestamp?) -> String { time.map { text($0) } ?? "-" }

    /// The time since then, or the date.
    func age(_ time: Timestamp) -> String {
        areExact ? "\(time)" : Self.short(now.milliseconds(since: time))
    }

    /// A duration in its largest unit, such as `3m`.
    static func short(_ milliseconds: Int64) -> String {
        let milliseconds = max(milliseconds, 0)
        if milliseconds < 60_000 { return "\(milliseconds / 1000)s" }
        return String(AttemptTable.text(milliseconds: milliseconds).prefix { $0 != " " })
    }
}
