/// How long to leave something alone that has failed: longer each time, up to a bound, and never
/// equally long, so that those who have failed together do not come back together.
struct Backoff {
    private var failures = 0

    static let shortest = Duration.milliseconds(100)
    static let longest = Duration.seconds(5)

    /// The pause after one more failure.
    mutating func next() -> Duration {
        defer { failures += 1 }
        let bound = min(Self.shortest * (1 << min(failures, 10)), Self.longest)
        return bound * Double.random(in: 0.5...1)
    }

    mutating func reset() { failures = 0 }
}
