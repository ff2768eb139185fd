/// The pauses between attempts after failures: exponential, up to a bound, with random jitter, so
/// that tasks that failed together do not try again together.
package struct Backoff: Sendable {
    private let first: Duration
    private let longest: Duration
    private var due: Duration

    package init(first: Duration = .milliseconds(100), longest: Duration = .seconds(5)) {
        self.first = first
        self.longest = longest
        due = first
    }

    /// Returns the pause after one more failure: at least half of the exponential pause.
    package mutating func next() -> Duration {
        defer { due = min(due * 2, longest) }
        return due * Double.random(in: 0.5...1)
    }

    package mutating func reset() { due = first }
}
