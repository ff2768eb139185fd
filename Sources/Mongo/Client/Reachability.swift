internal import Synchronization

/// Makes calls fail fast while no server is reachable, so that not every call waits for its
/// timeout.
///
/// Like a circuit breaker, but *open* lets calls through. A call whose server selection timed out
/// closes it. For a second, further calls fail at once with the same error; then one of them
/// selects a server again while the others continue to fail. The first reply of any server opens
/// it. An election is shorter than the selection timeout, so it closes nothing: calls during it
/// wait, and succeed.
final class Reachability: Sendable {
    typealias Instant = ContinuousClock.Instant

    private enum State {
        case open
        /// - Parameter isProbing: whether a call is selecting a server.
        case closed(MongoError, until: Instant, isProbing: Bool)
    }

    /// How long calls fail at once before one selects a server again.
    static let rest = Duration.seconds(1)

    private let state = Mutex(State.open)
    /// When a server last replied; initially when this was created.
    private let lastReply = Mutex(Instant.now)
    /// How long server selection may take.
    private let selectionTimeout: Duration

    init(selectionTimeout: Duration) {
        self.selectionTimeout = selectionTimeout
    }

    /// The error that refuses a call before it is queued, or nil.
    func refusal(at now: Instant = .now) -> MongoError? {
        state.withLock { state in
            guard case .closed(let error, let end, let isProbing) = state, isProbing || now < end
            else { return nil }
            return error
        }
    }

    /// Makes a call, unless no server is reachable.
    /// - Throws: the error of the call, or the one that closed this.
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

    /// - Throws: ``MongoError`` if the call must not be made; otherwise it may be the probing call.
    func admit(at now: Instant) throws(MongoError) {
        let refusal: MongoError? = state.withLock { state in
            guard case .closed(let error, let end, let isProbing) = state else { return nil }
            guard !isProbing, now >= end else { return error }
            state = .closed(error, until: end, isProbing: true)
            return nil
        }
        if let refusal { throw refusal }
    }

    /// Records the failure of an admitted call.
    func report(_ error: MongoError, began: Instant, ended: Instant) {
        guard error.kind == .unreachable else { return open() }
        // The clocks may differ slightly.
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

    /// Why a call that waited `duration` for a connection got none: no server replies, or the
    /// replying ones are overloaded.
    func reasonForWait(of duration: Duration, at now: Instant = .now) -> MongoError.Kind {
        lastReply.withLock { $0.duration(to: now) } < duration ? .overloaded : .unreachable
    }
}
