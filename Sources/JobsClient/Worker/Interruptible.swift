import Synchronization

/// Runs one thing at a time in a task that others can cancel.
final class Interruptible: Sendable {
    private struct State {
        var isInterrupted = false
        var cancel: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    func run<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws
        -> Value
    {
        let task = Task { try await body() }
        let isInterrupted = state.withLock { state in
            state.cancel = { task.cancel() }
            return state.isInterrupted
        }
        if isInterrupted { task.cancel() }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    /// Cancels what runs, and all that is run from now on.
    func interrupt() {
        let cancel = state.withLock { state in
            state.isInterrupted = true
            return state.cancel
        }
        cancel?()
    }
}

/// Gives a call so long to answer, whatever it would take by itself.
/// - Throws: what the call throws; ``JobsClientError`` of an unknown outcome if the time is over.
func within<Value: Sendable>(
    _ limit: Duration, _ call: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await call() }
        group.addTask {
            try await Task.sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        // The first to be done decides; there are two.
        guard let value = try await group.next().flatMap(\.self) else {
            throw JobsClientError(.outcomeUnknown, "No answer within \(limit)")
        }
        return value
    }
}
