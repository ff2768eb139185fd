import NIOCore
import Synchronization

/// Limits the operations in progress to as many as can be done soon, see ``LoadEstimate``.
///
/// Operations beyond that are refused at once: their clients can go to another instance or retry
/// later, and the accepted ones are served in time. Begin and end cost one short lock each.
final class LoadLimit: Sendable {
    /// An operation in progress.
    struct Operation: Sendable {
        fileprivate let since: ContinuousClock.Instant
        fileprivate let wasAlone: Bool
    }

    private struct State {
        var inWork = 0
        var estimate: LoadEstimate
        var lastRefusal: ContinuousClock.Instant?
    }

    /// With up to this many others an operation is as fast as without load.
    private static let few = 4

    private let state: Mutex<State>
    private let latency: Duration
    private let delays = Mutex<[ObjectIdentifier: NIOLoopBound<LoopDelay>]>([:])

    /// - Parameter latency: see ``LoadEstimate/init(latency:at:)``.
    convenience init(latency: Duration) {
        self.init(LoadEstimate(latency: latency, at: .now), latency: latency)
    }

    init(_ estimate: LoadEstimate, latency: Duration) {
        self.latency = latency
        state = Mutex(State(estimate: estimate))
    }

    /// Whether further operations should be refused.
    /// - Parameter isLate: whether requests are read too late, see ``LoopDelay``. Then only as many
    ///   are accepted as keep the store busy.
    func isReached(isLate: Bool) -> Bool {
        state.withLock { $0.inWork >= (isLate ? LoadEstimate.leastLimit / 2 : $0.estimate.limit) }
    }

    var inWork: Int { state.withLock { $0.inWork } }

    /// The read delay of an event loop; call and use it only on that loop. A request may wait there
    /// for twice the target latency, which none does with at most ``LoadEstimate/leastLimit``
    /// clients.
    func delay(on loop: any EventLoop) -> LoopDelay {
        delays.withLock { delays in
            if let delay = delays[ObjectIdentifier(loop)] { return delay.value }
            let delay = LoopDelay(longest: TimeAmount(latency * 2))
            delays[ObjectIdentifier(loop)] = NIOLoopBound(delay, eventLoop: loop)
            return delay
        }
    }

    /// Call when an operation is refused.
    /// - Returns: how long to delay the refusal.
    func refuse() -> Duration {
        state.withLock { state in
            state.lastRefusal = .now
            return state.estimate.refused()
        }
    }

    /// Whether an operation was refused within this time.
    func hasRefused(within time: Duration) -> Bool {
        state.withLock { $0.lastRefusal.map { $0.duration(to: .now) < time } ?? false }
    }

    func begin() -> Operation {
        let now = ContinuousClock.now
        let others = state.withLock { state in
            state.inWork += 1
            return state.inWork - 1
        }
        return Operation(since: now, wasAlone: others <= Self.few)
    }

    /// - Parameters:
    ///   - isDone: whether its latency counts; false if it waited for an event other than its turn.
    ///   - isBulk: whether it is a bulk operation, whose latency says nothing about others.
    func end(_ operation: Operation, isDone: Bool, isBulk: Bool = false) {
        let now = ContinuousClock.now
        state.withLock { state in
            state.inWork -= 1
            guard isDone else { return }
            // The first of many that arrived together was not alone for long.
            let wasAlone = !isBulk && operation.wasAlone && state.inWork <= Self.few
            state.estimate.done(
                after: operation.since.duration(to: now), wasAlone: wasAlone, at: now)
        }
    }
}
