import NIOCore
import Synchronization

/// Keeps the operations in work to as many as can be done soon, see ``LoadEstimate``.
///
/// What comes beyond that is better refused at once: its caller can go to another instance, or come
/// back later, and those that were taken are served in time. Begin and end cost one short lock each.
final class LoadLimit: Sendable {
    /// An operation that is being worked on.
    struct Operation: Sendable {
        fileprivate let since: ContinuousClock.Instant
        fileprivate let wasAlone: Bool
    }

    private struct State {
        var inWork = 0
        var estimate: LoadEstimate
    }

    /// With no more than so many others an operation is as fast as by itself.
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

    /// Whether nothing more should be taken.
    /// - Parameter isLate: whether requests are read too late, see ``LoopDelay``. Then only so much is
    ///   taken as keeps the store busy.
    func isReached(isLate: Bool) -> Bool {
        state.withLock { $0.inWork >= (isLate ? LoadEstimate.leastLimit / 2 : $0.estimate.limit) }
    }

    var inWork: Int { state.withLock { $0.inWork } }

    /// How late a loop reads; to be called, and to be used, on that loop. A request may lie there
    /// twice as long as an operation may take: with no more clients than ``LoadEstimate/leastLimit`` none
    /// does.
    func delay(on loop: any EventLoop) -> LoopDelay {
        delays.withLock { delays in
            if let delay = delays[ObjectIdentifier(loop)] { return delay.value }
            let delay = LoopDelay(longest: TimeAmount(latency * 2))
            delays[ObjectIdentifier(loop)] = NIOLoopBound(delay, eventLoop: loop)
            return delay
        }
    }

    /// Something is refused.
    /// - Returns: for how long to keep that from the caller.
    func refuse() -> Duration {
        state.withLock { $0.estimate.refused() }
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
    ///   - isDone: whether its time tells something; not so if it waited for something else than its
    ///     turn.
    ///   - isBulk: whether it is about many things at once, so that its time is no measure for others.
    func end(_ operation: Operation, isDone: Bool, isBulk: Bool = false) {
        let now = ContinuousClock.now
        state.withLock { state in
            state.inWork -= 1
            guard isDone else { return }
            // The first of many that came at once was not alone for long.
            let wasAlone = !isBulk && operation.wasAlone && state.inWork <= Self.few
            state.estimate.done(
                after: operation.since.duration(to: now), wasAlone: wasAlone, at: now)
        }
    }
}
