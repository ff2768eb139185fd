package import Jobs
import Synchronization

/// A queue that merges calls of one kind: while a batch runs, further calls gather in the next
/// batch.
///
/// A call that finds the lane free runs at once and alone; there is no timer. When a batch ends,
/// the first call in the queue leads the next batch. Calls are served in the order of their
/// arrival. Cancellation removes a call from the queue. A batch that has begun runs to its end,
/// because it serves several calls.
package final class MergingLane<Argument: Sendable, Value: Sendable>: Sendable {
    package typealias Work = @Sendable ([Argument]) async throws -> [Result<Value, JobsError>]

    /// The limits of a batch and of the queue.
    package struct Limits: Sendable {
        /// The maximum weight of a batch. A single call may be heavier.
        var weight: Int
        /// The maximum number of waiting calls. Further calls are refused.
        var waiting: Int
        /// How long a call waits before it shares the failure of the batch in front of it.
        ///
        /// If that batch found the store unavailable, a call that has waited this long fails too,
        /// instead of waiting as long again for the same error.
        var patience: Duration

        package init(
            weight: Int = 1000, waiting: Int = 10_000, patience: Duration = .seconds(10)
        ) {
            self.weight = weight
            self.waiting = waiting
            self.patience = patience
        }
    }

    private enum Turn: Sendable {
        /// This call leads the next batch.
        case lead
        case done(Result<Value, any Error>)
    }

    private struct Waiter {
        let argument: Argument
        let turn: CheckedContinuation<Turn, Never>
        let since = ContinuousClock.now
    }

    private struct State {
        var isBusy = false
        var waiting = WaitingCalls<Waiter>()
    }

    private let state = Mutex(State())
    private let limits: Limits
    private let weigh: @Sendable (Argument) -> Int
    private let work: Work

    /// - Parameters:
    ///   - weigh: Returns the weight of a call.
    ///   - work: Runs a batch. Returns a result for each argument, in order, or throws for all.
    package init(
        limits: Limits = Limits(), weigh: @escaping @Sendable (Argument) -> Int = { _ in 1 },
        work: @escaping Work
    ) {
        self.limits = limits
        self.weigh = weigh
        self.work = work
    }

    /// The number of calls that wait behind the running batch.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Runs a call, alone or in a batch.
    ///
    /// In a batch of several calls, cancellation has no effect once the batch has begun: the call
    /// returns its result. A call that runs alone runs in its own task and can be cancelled, since
    /// another task would cost a change of threads.
    ///
    /// - Throws: The error of its own result; the error of the batch; `JobsError.overloaded` if too
    ///   many calls wait; `CancellationError` if its task was cancelled while it waited, and
    ///   nothing was done.
    package func call(_ argument: Argument) async throws -> Value {
        guard let ticket = try enter() else { return try await lead([argument], []) }
        let turn = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let turn = state.withLock { state -> Turn? in
                    // The running batch may have ended in the meantime.
                    guard state.isBusy else {
                        state.isBusy = true
                        return .lead
                    }
                    guard !Task.isCancelled else { return .done(.failure(CancellationError())) }
                    state.waiting.append(Waiter(argument: argument, turn: continuation), ticket)
                    return nil
                }
                if let turn { continuation.resume(returning: turn) }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiting.remove(ticket) }
            waiter?.turn.resume(returning: .done(.failure(CancellationError())))
        }
        switch turn {
        case .lead:
            let (arguments, others) = gather(behind: argument)
            return try await lead(arguments, others)
        case .done(let result):
            return try result.get()
        }
    }

    /// - Returns: A ticket to wait with; `nil` if the lane was free and the caller leads a batch
    ///   now.
    private func enter() throws -> Int? {
        try state.withLock { state in
            guard state.isBusy else {
                state.isBusy = true
                return nil
            }
            guard state.waiting.count < limits.waiting else { throw JobsError.overloaded }
            return state.waiting.nextTicket()
        }
    }

    /// Removes the calls that join the batch of the leader from the queue.
    private func gather(behind own: Argument) -> ([Argument], [Waiter]) {
        let others = state.withLock { state in
            var weight = weigh(own)
            return state.waiting.takeFirst { waiter in
                weight += weigh(waiter.argument)
                return weight <= limits.weight
            }
        }
        return ([own] + others.map(\.argument), others)
    }

    /// Runs a batch, whose first call is the leader's own, and passes the lane on.
    private func lead(_ arguments: [Argument], _ others: [Waiter]) async throws -> Value {
        let work = work
        let outcome: Result<[Result<Value, JobsError>], any Error>
        do {
            let results =
                if others.isEmpty {
                    try await work(arguments)
                } else {
                    // A detached task: the batch serves every call in it. The cancellation of the
                    // leader must not cancel it, and it must not have the task-local values of one
                    // call.
                    try await Task.detached { try await work(arguments) }.value
                }
            precondition(results.count == arguments.count, "each call of a batch has its result")
            outcome = .success(results)
        } catch {
            outcome = .failure(error)
            if case JobsError.unavailable = error { refuseTheOverdue(error) }
        }
        passOn()
        for (index, other) in others.enumerated() {
            other.turn.resume(returning: .done(outcome.flatMap { $0[index + 1].asAnyResult }))
        }
        return try outcome.get()[0].get()
    }

    private func refuseTheOverdue(_ error: any Error) {
        let overdue = state.withLock { state in
            let now = ContinuousClock.now
            return state.waiting.takeFirst { $0.since.duration(to: now) >= limits.patience }
        }
        for waiter in overdue { waiter.turn.resume(returning: .done(.failure(error))) }
    }

    private func passOn() {
        let next = state.withLock { state -> Waiter? in
            let next = state.waiting.popFirst()
            if next == nil { state.isBusy = false }
            return next
        }
        next?.turn.resume(returning: .lead)
    }
}

extension Result where Failure == JobsError {
    fileprivate var asAnyResult: Result<Success, any Error> { mapError { $0 } }
}
