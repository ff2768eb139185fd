/// How long to leave something alone that has failed: longer each time, up to a bound, and never
/// equally long, so that those who have failed together do not come back together.
package struct Backoff: Sendable {
    private let first: Duration
    private let longest: Duration
    private var due: Duration

    package init(first: Duration = .milliseconds(100), longest: Duration = .seconds(5)) {
        self.first = first
        self.longest = longest
        due = first
    }

    /// The pause after one more failure: at least half of what is due.
    package mutating func next() -> Duration {
        defer { due = min(due * 2, longest) }
        return due * Double.random(in: 0.5...1)
    }

    package mutating func reset() { due = first }
}
