import ServiceLifecycle
import Synchronization

/// A connection as the handlers of its requests see it: where the client is, whether it is still
/// connected, and whether its answer was delivered.
///
/// There is one for each connection. It connects the edge, which sees what happens to the socket,
/// with the handler of the current request; a connection has one of these at a time.
package final class ClientConnection: Sendable {
    /// The connection of the request that the task handles; nil for a request without a connection.
    @TaskLocal package static var current: ClientConnection?

    /// The operation in progress on the connection; nil if the load is not limited.
    package let load: ConnectionLoad?
    /// The client's IP address; nil if it is not known.
    package let address: String?

    private struct State {
        var certificateName: String?
        var hasLeft = false
        var onLeaving: (@Sendable () -> Void)?
        var undo: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    init(address: String? = nil, load: ConnectionLoad? = nil) {
        self.address = address
        self.load = load
    }

    /// The subject of the client's certificate.
    package var certificateName: String? {
        get { state.withLock { $0.certificateName } }
        set { state.withLock { $0.certificateName = newValue } }
    }

    /// Called when the client has closed the connection, or its side of it.
    func leave() {
        let onLeaving = state.withLock { state in
            state.hasLeft = true
            return state.onLeaving.take()
        }
        onLeaving?()
    }

    private func onLeaving(_ action: (@Sendable () -> Void)?) {
        let hasLeft = state.withLock { state in
            state.onLeaving = state.hasLeft ? nil : action
            return state.hasLeft
        }
        if hasLeft { action?() }
    }

    /// Runs work whose result only a waiting client needs. The work is cancelled when the
    /// client disconnects, or when the endpoint stops.
    /// - Parameter grace: how long the work may continue after the client has closed its side. A
    ///   client that only has nothing more to send looks like one that is gone, but still reads the
    ///   answer.
    package static func whileThere<Value: Sendable>(
        grace: Duration = .zero, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let task = Task { try await work() }
        let client = current
        client?.onLeaving {
            guard grace > .zero else { return task.cancel() }
            Task.detached {
                try? await Task.sleep(for: grace)
                task.cancel()
            }
        }
        defer { client?.onLeaving(nil) }
        return try await withTaskCancellationOrGracefulShutdownHandler {
            try await task.value
        } onCancelOrGracefulShutdown: {
            task.cancel()
        }
    }

    // MARK: Answers that are not delivered

    /// Sets a closure that is called if the answer to the current request cannot be sent.
    package func ifUndelivered(_ undo: @escaping @Sendable () -> Void) {
        state.withLock { $0.undo = undo }
    }

    /// Takes the closure set by ``ifUndelivered(_:)``, to call it, or to drop it once the answer is
    /// sent.
    func takeUndo() -> (@Sendable () -> Void)? {
        state.withLock { $0.undo.take() }
    }
}
