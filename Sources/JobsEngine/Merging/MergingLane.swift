package import Jobs
import Synchronization

/// Merges calls of one kind: while one is under way, those that come gather, and go together next.
///
/// A call that finds the lane free goes at once and alone; there is no timer and no waiting for
/// company. The call at the head of the queue when a batch is done leads the next one. Calls are served
/// in the order in which they came. Cancelling a call takes it out of the queue; a batch that has begun
/// goes on to its end, as it serves others too.
package final class MergingLane<Argument: Sendable, Value: Sendable>: Sendable {
    package typealias Work = @Sendable ([Argument]) async throws -> [Result<Value, JobsError>]

    /// What may go together, and what may wait.
    package struct Limits: Sendable {
        /// The most that one batch may weigh, unless it is a single call.
        var weight: Int
        /// The most calls that may wait; more are refused.
        var waiting: Int
        /// A call that has waited for so long behind a batch that found the store away fails with it,
        /// instead of waiting as long again to find out by itself.
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
        /// The lane is this caller's, to carry out what has gathered.
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
    ///   - weigh: how much of a batch a call takes up.
    ///   - work: carries out a batch; answers each argument, in order, or throws for all of them.
    package init(
        limits: Limits = Limits(), weigh: @escaping @Sendable (Argument) -> Int = { _ in 1 },
        work: @escaping Work
    ) {
        self.limits = limits
        self.weigh = weigh
        self.work = work
    }

    /// How many calls wait for the batch that is under way.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Has `argument` carried out, alone or with others.
    ///
    /// A call in a batch of several comes back with its result also if its task is cancelled once the batch
    /// has begun. One that goes alone is carried out by its own task, with that task's cancellation: a
    /// task of its own would cost a change of threads.
    /// - Throws: what its own result says; what the batch threw; `JobsError.overloaded` if too many
    ///   wait already; `CancellationError` if its task was cancelled while it waited: nothing was done.
    package func call(_ argument: Argument) async throws -> Value {
        guard let ticket = try enter() else { return try await lead([argument], []) }
        let turn = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let turn = state.withLock { state -> Turn? in
                    // The batch that was under way may have ended meanwhile.
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

    /// - Returns: a ticket to wait with; nil if the lane was free, and is the caller's now.
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

    /// Takes what may go with the leader's own call off the queue.
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

    /// Carries out a batch, the first call of which is the caller's own, and passes the lane on.
    private func lead(_ arguments: [Argument], _ others: [Waiter]) async throws -> Value {
        let work = work
        let outcome: Result<[Result<Value, JobsError>], any Error>
        do {
            let results =
                if others.isEmpty {
                    try await work(arguments)
                } else {
                    // Unstructured on purpose: the batch serves every call in it, so cancelling the leader
                    // must not cancel it, and it has no call's task-local values.
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
