import Synchronization
import UnixSignals

/// SIGINT and SIGTERM, trapped from the beginning of the process, so that a signal also stops a
/// start that is waiting for something.
final class StopSignals: Sendable {
    private struct State {
        var haveCome = false
        var action: (@Sendable () -> Void)?
        var abandon: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    /// Traps the signals, which no longer end the process by themselves.
    static func trap() async -> StopSignals {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let stop = StopSignals()
        Task { for await _ in signals { stop.come() } }
        return stop
    }

    /// Sets the action of a signal, in place of the previous one. It runs at once if a signal has
    /// already arrived.
    func onStop(_ action: @escaping @Sendable () -> Void) {
        let isDue = state.withLock { state in
            state.action = action
            return state.haveCome
        }
        if isDue { action() }
    }

    /// Handles a signal. Only the first one has an effect.
    func come() {
        let action = state.withLock { state in
            defer { state.haveCome = true }
            return state.haveCome ? nil : state.action
        }
        action?()
    }

    /// Makes ``run(_:)`` return without waiting for its body.
    func abandon() {
        state.withLock { $0.abandon }?()
    }

    /// Runs `body`. A signal that arrives before `body` has called ``onStop(_:)`` cancels it and
    /// returns without waiting for it, since it may be in a call that cannot be cancelled, such as
    /// a command to a database that does not answer. ``abandon()`` does the same at any time.
    /// - Throws: The error that `body` throws.
    func run(_ body: @escaping @Sendable () async throws -> Void) async throws {
        let (ends, end) = AsyncThrowingStream<Never, any Error>.makeStream()
        state.withLock { $0.abandon = { end.finish() } }
        onStop { end.finish() }
        let task = Task {
            do {
                try await body()
                end.finish()
            } catch {
                end.finish(throwing: error)
            }
        }
        defer { task.cancel() }
        for try await _ in ends {}
    }
}
