import Synchronization

/// A value that is read anew on request, at a limited rate and once for all concurrent requests.
///
/// So the number of requests has little effect on what the value is read from. The readings belong
/// to the task of ``run()``, and end with it.
package final class Refreshed<Value: Sendable>: Sendable {
    private struct State {
        var last: Value?
        /// Until then, the last value is new enough.
        var newUntil: ContinuousClock.Instant?
        /// The start of the reading that goes on; `nil` if there is none.
        var began: ContinuousClock.Instant?
        var waiting: [AsyncStream<Value>.Continuation] = []
    }

    private let patience: Duration
    private let lifetime: @Sendable (_ reading: Duration) -> Duration
    private let read: @Sendable (_ last: Value?) async -> Value
    private let state = Mutex(State())
    private let demands: AsyncStream<Void>
    private let demand: AsyncStream<Void>.Continuation

    /// - Parameters:
    ///   - patience: How long a request waits for a reading.
    ///   - lifetime: How long a value is new enough, by the duration of its reading.
    ///   - read: Reads the value, given the last one.
    package init(
        patience: Duration, lifetime: @escaping @Sendable (_ reading: Duration) -> Duration,
        read: @escaping @Sendable (_ last: Value?) async -> Value
    ) {
        self.patience = patience
        self.lifetime = lifetime
        self.read = read
        (demands, demand) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// The last value, however old; `nil` before the end of the first reading.
    package var last: Value? { state.withLock { $0.last } }

    /// Reads on request until its task is cancelled.
    package func run() async {
        for await _ in demands { await refresh() }
    }

    /// Returns a value that is new enough; `nil` if there is none in time.
    ///
    /// A reading that has taken longer than a request waits counts as one that hangs: no further
    /// request waits for it.
    package func value() async -> Value? {
        let (values, waiting) = AsyncStream<Value>.makeStream()
        let (known, isToWait) = state.withLock { state -> (Value?, Bool) in
            let now = ContinuousClock.now
            if let newUntil = state.newUntil, now < newUntil { return (state.last, false) }
            if let began = state.began, began.duration(to: now) >= patience { return (nil, false) }
            state.waiting.append(waiting)
            if state.began == nil {
                state.began = now
                demand.yield()
            }
            return (nil, true)
        }
        return isToWait ? await values.first(within: patience) : known
    }

    private func refresh() async {
        let start = ContinuousClock.now
        let value = await read(last)
        let now = ContinuousClock.now
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            state.last = value
            state.newUntil = now + lifetime(start.duration(to: now))
            state.began = nil
            return state.waiting
        }
        for each in waiting {
            each.yield(value)
            each.finish()
        }
    }
}
