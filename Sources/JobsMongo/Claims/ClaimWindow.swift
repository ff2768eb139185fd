import Jobs
import Synchronization

/// Where this process's claims of each type begin to look.
///
/// A server keeps the deleted keys of an index for minutes, and a claim from the beginning walks over
/// those of all jobs claimed before it. So claims begin shortly before the last job that was claimed.
/// What has become available further in front meanwhile (an aborted job, one that another process
/// passed over) is found by a look from the beginning every few seconds, and whenever a look finds
/// nothing.
///
/// Where several processes claim one type, they would all go for the same jobs. A process that loses
/// many begins a random number of jobs later, over a range that doubles while it goes on losing. A look
/// from the beginning passes none over, so that what was passed over does not wait for long.
final class ClaimWindows: Sendable {
    struct Window {
        var priority: Int
        var availableAt: Timestamp
        var lookedFromBeginning: ContinuousClock.Instant
    }

    private struct State {
        var window: Window?
        var skipRange = 0
    }

    private let states = Mutex<[ExactText: State]>([:])

    private static let lifetime = Duration.seconds(5)
    /// How far before the last claimed job to begin: commits come out of order.
    static let margin: Int64 = 2000
    /// Jobs that have been claimable for so long were committed long ago: behind them no margin is
    /// needed, which would hold thousands of deleted keys where many were added at once.
    static let settled: Int64 = 10_000
    private static let maximumSkipRange = 512
    /// Types come and go; what is known of them is only worth something for seconds.
    private static let maximumCount = 10_000

    /// The window for the next look, and how many jobs of it to pass over; nil: from the beginning.
    func next(_ type: String) -> (window: Window?, skip: Int) {
        let type = ExactText(type)
        return states.withLock { states in
            guard let state = states[type] else { return (nil, 0) }
            guard let window = state.window,
                window.lookedFromBeginning.duration(to: .now) < Self.lifetime
            else { return (nil, 0) }
            return (window, state.skipRange > 0 ? Int.random(in: 0..<state.skipRange) : 0)
        }
    }

    /// Remembers the last job of a look.
    /// - Parameters:
    ///   - now: the server's time, if it is known.
    ///   - wasFromBeginning: whether the look was one.
    func claimed(
        _ type: String, priority: Int, availableAt: Timestamp, now: Timestamp?,
        wasFromBeginning: Bool
    ) {
        let type = ExactText(type)
        let isOld = now.map { availableAt.advanced(by: Self.settled) < $0 } ?? false
        states.withLock { states in
            // Who passes jobs over leaves some behind, and comes back to them within the margin.
            let isSettled = isOld && states[type]?.skipRange ?? 0 == 0
            if states.count >= Self.maximumCount { states.removeAll() }
            let looked = wasFromBeginning ? .now : states[type]?.window?.lookedFromBeginning ?? .now
            states[type, default: State()].window = Window(
                priority: priority,
                availableAt: isSettled ? availableAt : availableAt.advanced(by: -Self.margin),
                lookedFromBeginning: looked)
        }
    }

    /// Forgets the window: something in front of it may be available now.
    func forget(_ type: String) {
        states.withLock { $0[ExactText(type)]?.window = nil }
    }

    /// Adapts to how many of the jobs that were tried others had already.
    func lost(_ count: Int, of tried: Int, _ type: String) {
        let type = ExactText(type)
        states.withLock { states in
            let range = states[type]?.skipRange ?? 0
            guard count > 0 || range > 0 else { return }
            states[type, default: State()].skipRange =
                count * 4 > tried ? min(max(range * 2, tried), Self.maximumSkipRange) : range / 2
        }
    }
}
