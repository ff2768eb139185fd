import Synchronization

/// The operation that a connection has in progress, as it counts for a ``LoadLimit``: from the end
/// of its request until its handler ends, or waits for an event.
///
/// The edge reports when a request was read completely, the handler when it is done; each on a
/// thread of its own, and in either order. Of pipelined requests only the first counts.
package final class ConnectionLoad: Sendable {
    private struct State {
        var operation: LoadLimit.Operation?
        var isHandled = false
        var isBulk = false
    }

    private let limit: LoadLimit
    private let state = Mutex(State())

    init(limit: LoadLimit) {
        self.limit = limit
    }

    /// Whether a request that arrives now should be refused, see ``LoadLimit/isReached(isLate:)``.
    func isLimitReached(isLate: Bool) -> Bool { limit.isReached(isLate: isLate) }

    /// See ``LoadEstimate/refused()``.
    func pauseOfRefusal() -> Duration { limit.refuse() }

    /// Whether operations are refused at the moment, on any connection: one was within the last ten
    /// seconds.
    package var isOverloaded: Bool { limit.hasRefused(within: .seconds(10)) }

    /// Call when a request was read completely.
    func begin() {
        state.withLock { state in
            if state.operation == nil { state.operation = limit.begin() }
        }
    }

    /// Runs the handler of a request.
    func handle<Value>(_ work: () async throws -> Value) async rethrows -> Value {
        state.withLock { state in
            state.isHandled = true
            state.isBulk = false
        }
        defer {
            state.withLock { $0.isHandled = false }
            end(isDone: true)
        }
        return try await work()
    }

    /// Marks the current request as a bulk operation, whose latency says nothing about others.
    package func markAsBulk() {
        state.withLock { $0.isBulk = true }
    }

    /// Call when the current request starts to wait for an event and uses no resources meanwhile.
    package func suspend() {
        end(isDone: false)
    }

    /// Ends the operation unless a handler runs; called when a request was answered or the
    /// connection closed. A running handler counts until it ends: clients that give up and
    /// reconnect must not make the store look idle.
    func endUnlessHandled() {
        end(isDone: false) { !$0.isHandled }
    }

    private func end(isDone: Bool, if condition: (State) -> Bool = { _ in true }) {
        let (operation, isBulk) = state.withLock { state in
            (condition(state) ? state.operation.take() : nil, state.isBulk)
        }
        if let operation { limit.end(operation, isDone: isDone, isBulk: isBulk) }
    }
}
