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

    /// The extension of a lease.
    struct Extension: Sendable {
        let ticket: Ticket
        let lease: LeaseReference
        let progress: JSONText?
    }

    private struct Held {
        let lease: LeaseReference
        /// When the claim or the last successful extension was sent.
        var renewed: Instant
        var loss: Loss?
        /// Whether the job is to be cancelled when the lease ends.
        var isCancelRequested = false
        var cancel: (@Sendable () -> Void)?
        /// The last progress that the handler has reported, until it is sent.
        var progress: JSONText?
        /// From when on progress may be sent again.
        var progressDue: Instant?
    }

    private struct State {
        var held: [Ticket: Held] = [:]
        var lastNumber = 0
    }

    private let state = Mutex(State())
    private let timeout: Duration
    private let progressInterval: Duration

    /// How long before its end a lease counts as lost, so that its handler is cancelled in time.
    private var margin: Duration { min(timeout / 20, .seconds(1)) }

    /// - Parameters:
    ///   - timeout: The duration of a lease.
    ///   - progressInterval: The shortest time between two extensions of a lease that send
    ///     progress.
    init(timeout: Duration, progressInterval: Duration) {
        self.timeout = timeout
        self.progressInterval = progressInterval
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

    func isCancelRequested(_ ticket: Ticket) -> Bool {
        state.withLock { $0.held[ticket]?.isCancelRequested ?? false }
    }

    /// Calls `cancel` when the handler has to stop, or at once if it has to already.
    func onStop(of ticket: Ticket, _ cancel: @escaping @Sendable () -> Void) {
        let hasToStop = state.withLock { state in
            state.held[ticket]?.cancel = cancel
            return state.held[ticket].map { $0.loss != nil || $0.isCancelRequested } ?? false
        }
        if hasToStop { cancel() }
    }

    /// Has the handler stop because its job is to be cancelled. The lease is extended until it has.
    func requestCancellation(of ticket: Ticket) {
        let cancel = state.withLock { state -> (@Sendable () -> Void)? in
            guard let held = state.held[ticket], !held.isCancelRequested else { return nil }
            state.held[ticket]?.isCancelRequested = true
            return held.cancel
        }
        cancel?()
    }

    /// Returns the leases to extend now, and when to check again.
    func due(at now: Instant) -> (tickets: [Ticket], next: Instant) {
        state.withLock { state in
            let held = state.held.filter { $0.value.loss == nil }
            let due = (held.values.map(\.renewed).min() ?? now) + timeout / 3
            let tickets = held.filter { _, held in
                if let due = held.progressDue, due <= now, held.progress != nil { return true }
                // Leases that are due soon are included, so that all are due together next time.
                return due <= now && held.renewed + timeout / 6 <= now
            }
            return (Array(tickets.keys), max(due, now))
        }
    }

    /// Records a successful extension, from the time at which it was sent.
    func renew(_ ticket: Ticket, at sent: Instant) {
        state.withLock { state in
            guard let held = state.held[ticket], held.loss == nil else { return }
            state.held[ticket]?.renewed = max(held.renewed, sent)
        }
    }

    /// Keeps a progress until it is sent.
    func report(_ progress: JSONText, for ticket: Ticket) {
        state.withLock { state in
            state.held[ticket]?.progress = progress
            if state.held[ticket]?.progressDue == nil { state.held[ticket]?.progressDue = .now }
        }
    }

    /// Whether there is progress to send, and a lease with which to send it.
    func hasProgress(_ ticket: Ticket) -> Bool {
        state.withLock { state in
            guard let held = state.held[ticket], held.progress != nil else { return false }
            return held.loss == nil || held.loss == .stopping
        }
    }

    /// Takes the progress of leases, to extend them.
    func take(_ tickets: [Ticket], at now: Instant) -> [Extension] {
        state.withLock { state in
            tickets.compactMap { ticket in
                guard let held = state.held[ticket] else { return nil }
                if held.progress != nil {
                    state.held[ticket]?.progress = nil
                    state.held[ticket]?.progressDue = now + progressInterval
                }
                return Extension(ticket: ticket, lease: held.lease, progress: held.progress)
            }
        }
    }

    /// Keeps progress that could not be sent, unless there is a later one.
    func putBack(_ extended: Extension) {
        guard let progress = extended.progress else { return }
        state.withLock { state in
            if state.held[extended.ticket]?.progress == nil {
                state.held[extended.ticket]?.progress = progress
            }
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
