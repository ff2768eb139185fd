import Synchronization

/// What a connection has in work, as far as it counts for a ``LoadLimit``: from the end of its request
/// until its handler is done, or waits for something that is not there yet.
///
/// The edge says when a request has come whole, the handler of the request when it is done with it; each
/// on a thread of its own, and in either order. Of requests that are sent ahead only the one in
/// front counts.
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

    /// Whether a request that comes now should be refused, see ``LoadLimit/isReached(isLate:)``.
    func isLimitReached(isLate: Bool) -> Bool { limit.isReached(isLate: isLate) }

    /// See ``LoadEstimate/refused()``.
    func pauseOfRefusal() -> Duration { limit.refuse() }

    /// A request has come whole.
    func begin() {
        state.withLock { state in
            if state.operation == nil { state.operation = limit.begin() }
        }
    }

    /// Does what the handler of a request does for its answer.
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

    /// The request in work is about many things at once: how long it takes is no measure for others.
    package func markAsBulk() {
        state.withLock { $0.isBulk = true }
    }

    /// The request in work waits for something that is not there yet, and costs nothing meanwhile.
    package func suspend() {
        end(isDone: false)
    }

    /// Nothing is in work, or nothing will be: the connection is gone. A handler that is at work
    /// ends by itself, and counts until then: clients that give up and come again must not make the
    /// store look idle.
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
