import Synchronization

/// A runner of one operation at a time that other tasks can cancel.
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

    /// Cancels the running operation and every later one.
    func interrupt() {
        let cancel = state.withLock { state in
            state.isInterrupted = true
            return state.cancel
        }
        cancel?()
    }
}

/// An action that happens at most once.
final class Once: Sendable {
    private let isOver = Mutex(false)

    /// - Returns: Whether it is the first time.
    func begin() -> Bool {
        isOver.withLock { isOver in
            defer { isOver = true }
            return !isOver
        }
    }
}

/// Runs a call with a time limit.
///
/// - Throws: The error of the call; ``JobsClientError`` of an unknown outcome at the time limit.
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
        // The first of the two tasks to finish decides.
        guard let value = try await group.next().flatMap(\.self) else {
            throw JobsClientError(.outcomeUnknown, "No answer within \(limit)")
        }
        return value
    }
}
