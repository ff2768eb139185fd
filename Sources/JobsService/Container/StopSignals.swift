import Synchronization
import UnixSignals

/// SIGINT and SIGTERM, from the first moment of the process on: a stop that comes while the start waits
/// for something counts as much as one that comes later.
final class StopSignals: Sendable {
    private struct State {
        var haveCome = false
        var action: (@Sendable () -> Void)?
        var abandon: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    /// Takes the signals over; from here on they do not end the process by themselves.
    static func trap() async -> StopSignals {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let stop = StopSignals()
        Task { for await _ in signals { stop.come() } }
        return stop
    }

    /// Says what a signal does from now on, in the place of what it did before. It is done at once if
    /// one has come already.
    func onStop(_ action: @escaping @Sendable () -> Void) {
        let isDue = state.withLock { state in
            state.action = action
            return state.haveCome
        }
        if isDue { action() }
    }

    /// What a signal does.
    func come() {
        let action = state.withLock { state in
            defer { state.haveCome = true }
            return state.haveCome ? nil : state.action
        }
        action?()
    }

    /// Has ``run(_:)`` return without waiting for its body any longer.
    func abandon() {
        state.withLock { $0.abandon }?()
    }

    /// Runs `body`. A signal that comes before it has called ``onStop(_:)`` cancels it, and does not wait
    /// for it: some of what it may wait for cannot be cut short, such as a command to a database that does
    /// not answer. ``abandon()`` does the same at any time.
    /// - Throws: what `body` throws.
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
