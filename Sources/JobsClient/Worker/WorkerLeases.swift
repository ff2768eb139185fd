import Synchronization

/// The leases that a worker holds, how long each lasts by its own clock, and whose tasks hang on
/// them.
final class WorkerLeases: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// Why a handler is cancelled.
    enum Loss: Sendable, Equatable {
        /// Somebody else has the job, or may have it from now on, or nobody.
        case lost(reason: String)
        /// The worker stops before the handler is done.
        case stopping
    }

    /// A lease as it is kept. Tickets, since a job that was lost may be claimed again by the same
    /// worker, while the handler that lost it has not yet ended.
    struct Ticket: Hashable, Sendable {
        fileprivate let number: Int
    }

    private struct Held {
        let lease: LeaseReference
        /// When the claim or extension was sent that it lasts by.
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

    /// How long before the lease's end it is held for lost, so that the handler has heard of it by
    /// then.
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

    /// - Returns: why the lease was lost meanwhile, if it was.
    @discardableResult
    func drop(_ ticket: Ticket) -> Loss? {
        state.withLock { $0.held.removeValue(forKey: ticket)?.loss }
    }

    func loss(of ticket: Ticket) -> Loss? {
        state.withLock { $0.held[ticket]?.loss }
    }

    /// When the lease is held for lost.
    func end(of ticket: Ticket) -> Instant? {
        state.withLock { state in state.held[ticket].map { end(of: $0) } }
    }

    /// Has `cancel` called when the lease is lost; at once if it is.
    func onLoss(of ticket: Ticket, _ cancel: @escaping @Sendable () -> Void) {
        let isLost = state.withLock { state in
            state.held[ticket]?.cancel = cancel
            return state.held[ticket]?.loss != nil
        }
        if isLost { cancel() }
    }

    /// The leases to extend now, and when to look again.
    func due(at now: Instant) -> (leases: [(ticket: Ticket, lease: LeaseReference)], next: Instant)
    {
        state.withLock { state in
            let held = state.held.filter { $0.value.loss == nil }
            let due = (held.values.map(\.renewed).min() ?? now) + timeout / 3
            guard due <= now else { return ([], due) }
            // With those that are due the others, so that one call does for all the next time.
            let leases = held.filter { $0.value.renewed + timeout / 6 <= now }
            return (leases.map { ($0.key, $0.value.lease) }, now)
        }
    }

    /// The lease lasts from when its extension was sent.
    func renew(_ ticket: Ticket, at sent: Instant) {
        state.withLock { state in
            guard let held = state.held[ticket], held.loss == nil else { return }
            state.held[ticket]?.renewed = max(held.renewed, sent)
        }
    }

    func lose(_ ticket: Ticket, _ reason: String) {
        lose { key, _ in key == ticket ? .lost(reason: reason) : nil }
    }

    /// Loses what has ended.
    /// - Returns: when the next lease ends; nil if there is none.
    func loseOverdue(at now: Instant) -> Instant? {
        lose { _, held in end(of: held) <= now ? .lost(reason: "it was not extended in time") : nil
        }
        return state.withLock { state in
            state.held.values.filter { $0.loss == nil }.map { end(of: $0) }.min()
        }
    }

    /// Cancels all handlers: their jobs are given back.
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
