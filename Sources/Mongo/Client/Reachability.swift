internal import Synchronization

/// Remembers that no server can be had, so that not every call finds it out by waiting for one.
///
/// A call that has waited its whole time for a server in vain closes it. For a second further calls then
/// fail at once with the same error; after that one of them looks for a server again, while the others go on
/// to fail. It opens with the first reply of any server. An election is shorter than the time that calls
/// wait for a server, so it closes nothing: the calls that meet it wait, and succeed.
final class Reachability: Sendable {
    typealias Instant = ContinuousClock.Instant

    private enum State {
        case open
        /// - Parameter isProbing: whether a call looks for a server.
        case closed(MongoError, until: Instant, isProbing: Bool)
    }

    /// How long calls fail at once before one looks again.
    static let rest = Duration.seconds(1)

    private let state = Mutex(State.open)
    /// When a server has replied last; at first, when this was made.
    private let lastReply = Mutex(Instant.now)
    /// How long a call waits for a server.
    private let selectionTimeout: Duration

    init(selectionTimeout: Duration) {
        self.selectionTimeout = selectionTimeout
    }

    /// Why a call need not be queued, if so.
    func refusal(at now: Instant = .now) -> MongoError? {
        state.withLock { state in
            guard case .closed(let error, let end, let isProbing) = state, isProbing || now < end
            else { return nil }
            return error
        }
    }

    /// Makes a call, unless it would wait in vain.
    /// - Throws: what the call throws; the error of the one that closed this.
    func run<Value>(_ call: () throws -> Value) throws -> Value {
        let start = Instant.now
        try admit(at: start)
        do {
            let value = try call()
            open()
            return value
        } catch let error as MongoError {
            report(error, began: start, ended: .now)
            throw error
        } catch {
            open()
            throw error
        }
    }

    /// - Throws: ``MongoError`` if the call is not to be made; it may be the one that looks, else.
    func admit(at now: Instant) throws(MongoError) {
        let refusal: MongoError? = state.withLock { state in
            guard case .closed(let error, let end, let isProbing) = state else { return nil }
            guard !isProbing, now >= end else { return error }
            state = .closed(error, until: end, isProbing: true)
            return nil
        }
        if let refusal { throw refusal }
    }

    /// Takes in how a call that was admitted has failed.
    func report(_ error: MongoError, began: Instant, ended: Instant) {
        guard error.kind == .unreachable else { return open() }
        // Clocks may be a little apart.
        let waitedInVain = began.duration(to: ended) >= selectionTimeout * 0.99
        state.withLock { state in
            switch state {
            case .open where !waitedInVain: break
            case .open, .closed:
                state = .closed(error, until: ended + Self.rest, isProbing: false)
            }
        }
    }

    func open(at now: Instant = .now) {
        lastReply.withLock { $0 = now }
        state.withLock { $0 = .open }
    }

    /// Why a call that has waited so long for a connection got none: no server replies, or those that
    /// reply have too much to do.
    func reasonForWait(of duration: Duration, at now: Instant = .now) -> MongoError.Kind {
        lastReply.withLock { $0.duration(to: now) } < duration ? .overloaded : .unreachable
    }
}
