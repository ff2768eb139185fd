/// The pauses between tries: longer each time, and never the same for two callers.
struct Backoff: Sendable {
    let first: Duration
    let longest: Duration
    private var next: Duration

    init(first: Duration, longest: Duration) {
        self.first = first
        self.longest = longest
        next = first
    }

    /// Between half of the time that is due and all of it, and twice as much the next time.
    mutating func pause() -> Duration {
        defer { next = min(next * 2, longest) }
        return next * Double.random(in: 0.5...1)
    }

    mutating func reset() { next = first }
}
