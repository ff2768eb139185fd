import Synchronization

/// Limits how many programs run at once. The tests start more than a hundred together, and on few
/// processors none of those would keep the times that it promises.
final class ProgramTurns: Sendable {
    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private static let shared = ProgramTurns(6)
    /// A test that runs a program may start others: waiting for a turn with one in hand could last
    /// for ever.
    @TaskLocal private static var isHeld = false

    private let state: Mutex<State>

    private init(_ count: Int) {
        state = Mutex(State(free: count))
    }

    /// Runs `body` once few enough programs run.
    static func one<Result>(
        isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
    ) async throws -> Result {
        guard !isHeld else { return try await body() }
        await shared.take()
        defer { shared.giveBack() }
        return try await $isHeld.withValue(true) { try await body() }
    }

    private func take() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.free > 0 else {
                    state.waiting.append(continuation)
                    return false
                }
                state.free -= 1
                return true
            }
            if isFree { continuation.resume() }
        }
    }

    private func giveBack() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.free += 1
            return nil
        }
        next?.resume()
    }
}
