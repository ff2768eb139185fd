import Synchronization

/// The free slots for jobs of a worker. One task waits for slots; every task can give them back.
final class WorkerSlots: Sendable {
    private struct State {
        var free: Int
        var isClosed = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state: Mutex<State>

    init(_ count: Int) {
        state = Mutex(State(free: count))
    }

    /// Takes all free slots, as soon as there is at least one.
    ///
    /// - Returns: The number of slots; 0 if the slots are closed.
    func take() async -> Int {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    if state.isClosed || state.free > 0 { return true }
                    state.waiter = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        } onCancel: {
            close()
        }
        return state.withLock { state in
            guard !state.isClosed else { return 0 }
            defer { state.free = 0 }
            return state.free
        }
    }

    func give(_ count: Int) {
        wake { $0.free += count }
    }

    /// Ends the taking of slots.
    func close() {
        wake { $0.isClosed = true }
    }

    var isClosed: Bool { state.withLock(\.isClosed) }

    private func wake(_ change: (inout State) -> Void) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            change(&state)
            guard state.isClosed || state.free > 0 else { return nil }
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }
}
