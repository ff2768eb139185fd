import Synchronization

/// The leases that a worker holds, when each ends by the clock of this machine, and the handlers to
/// cancel when a lease is lost.
final class WorkerLeases: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// Why a handler is cancelled.
    enum Loss: Sendable, Equatable {
        /// The worker no longer holds the lease, or cannot be sure that it does.
        case lost(reason: String)
        /// The worker stops before the handler is done.
        case stopping
    }

    /// The identity of a lease in this worker.
    ///
    /// The id of the job is not enough: the worker may claim a lost job again while the handler of
    /// the lost lease still runs.
    struct Ticket: Hashable, Sendable {
        fileprivate let number: Int
    }

    private struct Held {
        let lease: LeaseReference
        /// When the claim or the last successful extension was sent.
        var renewed: Instant
        var loss: Loss?
        var cancel: (@Sendable () -> Void)?
    }

    private struct State {
        var held: [Ticket: Held] = [:]
        var lastNumber = 0
    }

    private let state = Mutex(State())
    private let timeout: Duration

    /// How long before its end a lease counts as lost, so that its handler is cancelled in time.
    private var margin: Duration { min(timeout / 20, .seconds(1)) }

    init(timeout: Duration) {
        self.timeout = timeout
    }

    func hold(_ lease: LeaseReference, since claimed: Instant) -> Ticket {
        state.withLock { state in
            state.lastNumber += 1
            let ticket = Ticket(number: state.lastNumber)
            state.held[ticket] = Held(lease: lease, renewed: claimed)
            return ticket
        }
    }

    /// Removes a lease.
    ///
    /// - Returns: Why the lease was lost; `nil` if it was not.
    @discardableResult
    func drop(_ ticket: Ticket) -> Loss? {
        state.withLock { $0.held.removeValue(forKey: ticket)?.loss }
    }

    func loss(of ticket: Ticket) -> Loss? {
        state.withLock { $0.held[ticket]?.loss }
    }

    /// Returns when the lease counts as lost; `nil` if the ticket is not known.
    func end(of ticket: Ticket) -> Instant? {
        state.withLock { state in state.held[ticket].map { end(of: $0) } }
    }

    /// Calls `cancel` when the lease is lost, or at once if it is lost already.
    func onLoss(of ticket: Ticket, _ cancel: @escaping @Sendable () -> Void) {
        let isLost = state.withLock { state in
            state.held[ticket]?.cancel = cancel
            return state.held[ticket]?.loss != nil
        }
        if isLost { cancel() }
    }

    /// Returns the leases to extend now, and when to check again.
    func due(at now: Instant) -> (leases: [(ticket: Ticket, lease: LeaseReference)], next: Instant)
    {
        state.withLock { state in
            let held = state.held.filter { $0.value.loss == nil }
            let due = (held.values.map(\.renewed).min() ?? now) + timeout / 3
            guard due <= now else { return ([], due) }
            // Leases that are due soon are included, so that they are all due together next time.
            let leases = held.filter { $0.value.renewed + timeout / 6 <= now }
            return (leases.map { ($0.key, $0.value.lease) }, now)
        }
    }

    /// Records a successful extension, from the time at which it was sent.
    func renew(_ ticket: Ticket, at sent: Instant) {
        state.withLock { state in
            guard let held = state.held[ticket], held.loss == nil else { return }
            state.held[ticket]?.renewed = max(held.renewed, sent)
        }
    }

    func lose(_ ticket: Ticket, _ reason: String) {
        lose { key, _ in key == ticket ? .lost(reason: reason) : nil }
    }

    /// Marks the leases that have ended as lost.
    ///
    /// - Returns: When the next lease ends; `nil` if there is none.
    func loseOverdue(at now: Instant) -> Instant? {
        lose { _, held in end(of: held) <= now ? .lost(reason: "it was not extended in time") : nil
        }
        return state.withLock { state in
            state.held.values.filter { $0.loss == nil }.map { end(of: $0) }.min()
        }
    }

    /// Cancels all handlers, so that their jobs are aborted.
    func stopAll() {
        lose { _, _ in .stopping }
    }

    private func end(of held: Held) -> Instant { held.renewed + timeout - margin }

    private func lose(_ judge: (Ticket, Held) -> Loss?) {
        let cancels = state.withLock { state -> [@Sendable () -> Void] in
            var cancels: [@Sendable () -> Void] = []
            for (ticket, held) in state.held where held.loss == nil {
                guard let loss = judge(ticket, held) else { continue }
                state.held[ticket]?.loss = loss
                if let cancel = held.cancel { cancels.append(cancel) }
            }
            return cancels
        }
        for cancel in cancels { cancel() }
    }
}
