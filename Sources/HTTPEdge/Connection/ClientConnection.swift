import ServiceLifecycle
import Synchronization

/// Whoever is at the other end of a connection: is he still there, and did his answer reach him?
///
/// One for each connection. The edge, which sees what the socket does, and the handler of the
/// connection's current request, which is one at a time, talk through it.
package final class Caller: Sendable {
    /// The one whose request the task works on; nil where requests come without a connection.
    @TaskLocal package static var current: Caller?

    /// What is in work for him, if that is limited.
    package let load: CallerLoad?
    /// Where he is, without the port; nil if that is not known.
    package let address: String?

    private struct State {
        var certificateName: String?
        var hasLeft = false
        var onLeaving: (@Sendable () -> Void)?
        var undo: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    init(address: String? = nil, load: CallerLoad? = nil) {
        self.address = address
        self.load = load
    }

    /// The subject of the certificate that he has shown.
    package var certificateName: String? {
        get { state.withLock { $0.certificateName } }
        set { state.withLock { $0.certificateName = newValue } }
    }

    /// The client has closed the connection, or his side of it.
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

    /// Carries out what is only of use to a caller who waits for it; it is cancelled when he leaves, or
    /// the endpoint is to stop.
    /// - Parameter grace: for how long the work may go on when the client has left: one that has only
    ///   closed its side, as it has nothing more to say, looks the same and still reads the answer.
    package static func whileThere<Value: Sendable>(
        grace: Duration = .zero, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let task = Task { try await work() }
        let caller = current
        caller?.onLeaving {
            guard grace > .zero else { return task.cancel() }
            Task.detached {
                try? await Task.sleep(for: grace)
                task.cancel()
            }
        }
        defer { caller?.onLeaving(nil) }
        return try await withTaskCancellationOrGracefulShutdownHandler {
            try await task.value
        } onCancelOrGracefulShutdown: {
            task.cancel()
        }
    }

    // MARK: Answers that do not arrive

    /// Remembers how to undo what was done, should the answer to the current request not go out.
    package func ifUndelivered(_ undo: @escaping @Sendable () -> Void) {
        state.withLock { $0.undo = undo }
    }

    /// The answer is on its way, or will not be: whoever takes this is in charge of calling it.
    func takeUndo() -> (@Sendable () -> Void)? {
        state.withLock { $0.undo.take() }
    }
}
