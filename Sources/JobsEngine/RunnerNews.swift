import Jobs
import Synchronization

/// Notifies the runner of schedules, or that of operations, of changes, and wakes it.
final class RunnerNews: Sendable {
    /// The changes since the runner last took them.
    struct Changes {
        /// The ids of schedules or operations that this controller has changed.
        var ids: Set<ExactText> = []
        /// Whether other processes may have changed any.
        var isAny = false
    }

    private struct State {
        var changes = Changes()
        var isRaised = false
        var sleeper: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// A schedule or an operation was changed by this controller.
    func changed(_ id: String) {
        raise { $0.ids.insert(ExactText(id)) }
    }

    /// Some schedule or operation was changed by another process.
    func changed() {
        raise { $0.isAny = true }
    }

    /// Returns the changes, and forgets them.
    func take() -> Changes {
        state.withLock { state in
            defer {
                state.changes = Changes()
                state.isRaised = false
            }
            return state.changes
        }
    }

    /// Waits until there is a change, the time has passed, or the task is cancelled.
    func wait(atMost time: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await Task.sleep(for: time) }
            group.addTask { [self] in await raised() }
            await group.next()
            group.cancelAll()
        }
    }

    private func raise(_ change: (inout Changes) -> Void) {
        let sleeper = state.withLock { state in
            change(&state.changes)
            state.isRaised = true
            defer { state.sleeper = nil }
            return state.sleeper
        }
        sleeper?.resume()
    }

    /// Only one task waits at a time.
    private func raised() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    guard !state.isRaised, !Task.isCancelled else { return true }
                    state.sleeper = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                defer { state.sleeper = nil }
                return state.sleeper
            }
            sleeper?.resume()
        }
    }
}
