import Jobs
import Synchronization

/// The positions in the claim index at which the claims of this process start, by type.
///
/// A server keeps the deleted keys of an index for minutes. A claim from the beginning scans the
/// keys of all jobs that were claimed before. So a claim starts shortly before the last claimed
/// job. A job that becomes available further in front (an aborted job, or one that another process
/// has skipped) is found by a claim from the beginning, every few seconds and whenever a claim
/// finds no job.
///
/// If several processes claim one type, they would all try the same jobs. A process that loses many
/// of them skips a random number of jobs, from a range that doubles while it keeps losing. A claim
/// from the beginning skips no jobs, so that a skipped job does not wait for long.
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
    /// How far before the last claimed job a claim starts, in milliseconds, since commits are not
    /// in order.
    static let margin: Int64 = 2000
    /// The age, in milliseconds, from which no margin is necessary.
    ///
    /// Jobs that have been claimable for this long are committed. A margin would have thousands of
    /// deleted keys if many jobs were added at once.
    static let settled: Int64 = 10_000
    private static let maximumSkipRange = 512
    /// The maximum number of types with a window. A window is useful only for seconds.
    private static let maximumCount = 10_000

    /// Returns the window of the next claim, `nil` for the beginning, and the number of jobs to
    /// skip.
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

    /// Records the last job of a claim.
    ///
    /// - Parameters:
    ///   - now: The time of the server, if it is known.
    ///   - wasFromBeginning: Whether the claim started at the beginning.
    func claimed(
        _ type: String, priority: Int, availableAt: Timestamp, now: Timestamp?,
        wasFromBeginning: Bool
    ) {
        let type = ExactText(type)
        let isOld = now.map { availableAt.advanced(by: Self.settled) < $0 } ?? false
        states.withLock { states in
            // A process that skips jobs leaves some behind, and finds them again within the margin.
            let isSettled = isOld && states[type]?.skipRange ?? 0 == 0
            if states.count >= Self.maximumCount { states.removeAll() }
            let looked = wasFromBeginning ? .now : states[type]?.window?.lookedFromBeginning ?? .now
            states[type, default: State()].window = Window(
                priority: priority,
                availableAt: isSettled ? availableAt : availableAt.advanced(by: -Self.margin),
                lookedFromBeginning: looked)
        }
    }

    /// Removes the window, because a job in front of it may be available now.
    func forget(_ type: String) {
        states.withLock { $0[ExactText(type)]?.window = nil }
    }

    /// Adapts the range of skipped jobs to the share of jobs that other processes had already
    /// taken.
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
