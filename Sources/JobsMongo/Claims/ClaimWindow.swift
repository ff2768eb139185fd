import Jobs
import Synchronization

/// The positions in the claim index at which the claims of this process start, by type.
///
/// A server keeps the deleted keys of an index for minutes. A claim from the beginning scans the
/// keys of all jobs that were claimed before. So a claim starts shortly before the last claimed
/// job. Jobs are not committed in the order of their places; most are within a small margin, the
/// rest is found with a large one several times a second. A job that becomes available further in
/// front (a job that another process gave back or left to this one) is found by a claim from the
/// beginning, every few seconds and whenever a claim finds no job.
final class ClaimWindows: Sendable {
    typealias Instant = ContinuousClock.Instant

    private struct State {
        /// The place of the last claimed job.
        var place: ClaimPlace
        /// Whether a margin is necessary, see ``settled``.
        var isSettled = false
        var lookedFromBeginning: Instant
        var lookedFar: Instant
        /// How long the last look from the beginning took.
        var cost = Duration.zero

        func isDueFromBeginning(at now: Instant) -> Bool {
            let lifetime = min(
                max(cost * ClaimWindows.costFactor, ClaimWindows.shortestLifetime),
                ClaimWindows.longestLifetime)
            return lookedFromBeginning.duration(to: now) >= lifetime
        }
    }

    private let states = Mutex<[ExactText: State]>([:])

    /// How far before the last claimed job a claim starts, in milliseconds: each time, and once in
    /// ``farInterval``.
    static let margin: Int64 = 100
    static let farMargin: Int64 = 2000
    static let farInterval = Duration.milliseconds(250)
    /// How often a claim starts at the beginning. After a long look it is less often, so that such
    /// looks take a twentieth of the time.
    private static let shortestLifetime = Duration.seconds(1)
    private static let longestLifetime = Duration.seconds(5)
    private static let costFactor = 20
    /// The age, in milliseconds, from which no margin is necessary.
    ///
    /// Jobs that have been claimable for this long are committed. A margin would have thousands of
    /// deleted keys if many jobs were added at once.
    static let settled: Int64 = 10_000
    /// The maximum number of types with a window. A window is useful only for seconds.
    private static let maximumCount = 10_000

    /// Returns the window of the next claim, `nil` for the beginning.
    func next(_ type: String, at now: Instant = .now) -> ClaimPlace? {
        let type = ExactText(type)
        return states.withLock { states in
            guard let state = states[type], !state.isDueFromBeginning(at: now) else { return nil }
            var window = state.place
            guard !state.isSettled else { return window }
            if state.lookedFar.duration(to: now) >= Self.farInterval {
                states[type]?.lookedFar = now
                window.availableAt = window.availableAt.advanced(by: -Self.farMargin)
            } else {
                window.availableAt = window.availableAt.advanced(by: -Self.margin)
            }
            return window
        }
    }

    /// Whether the next claim has to start at the beginning.
    func isDueFromBeginning(_ type: String, at now: Instant = .now) -> Bool {
        states.withLock { $0[ExactText(type)]?.isDueFromBeginning(at: now) ?? true }
    }

    /// Records the place of the last claimed job.
    ///
    /// - Parameter time: The time of the server, if it is known.
    func claimed(
        _ type: String, _ place: ClaimPlace, now time: Timestamp?, at now: Instant = .now
    ) {
        let isSettled = time.map { place.availableAt.advanced(by: Self.settled) < $0 } ?? false
        states.withLock { states in
            if states.count >= Self.maximumCount { states.removeAll() }
            let new = State(place: place, lookedFromBeginning: now, lookedFar: now)
            states[ExactText(type), default: new].place = place
            states[ExactText(type)]?.isSettled = isSettled
        }
    }

    /// Records that a claim has started at the beginning.
    func lookedFromBeginning(_ type: String, took cost: Duration, at now: Instant = .now) {
        states.withLock { states in
            states[ExactText(type)]?.lookedFromBeginning = now
            states[ExactText(type)]?.lookedFar = now
            states[ExactText(type)]?.cost = cost
        }
    }

    /// Lets the next claim start at a job that this process has given back, if it is in front.
    func returned(_ type: String, _ place: ClaimPlace) {
        states.withLock { states in
            // A window has all jobs of higher priorities.
            guard let former = states[ExactText(type)]?.place, place.priority == former.priority,
                place.availableAt < former.availableAt
            else { return }
            states[ExactText(type)]?.place = place
        }
    }

    /// Removes the window, because a job in front of it may be available now.
    func forget(_ type: String) {
        states.withLock { $0[ExactText(type)] = nil }
    }
}
