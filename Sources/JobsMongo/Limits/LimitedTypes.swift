import Jobs
import Synchronization

/// The state of types with limits in this process: when there is room for another start, when
/// their leases were marked, and how far their claims have scanned.
final class LimitedTypes: Sendable {
    typealias Instant = ContinuousClock.Instant

    private struct State {
        var nextRoom: Timestamp?
        var mark: (version: Int64, at: Instant, took: Duration)?
        var scan: GroupScan?
        var metOthers: Instant?
        var waiting = 0
    }

    private let states = Mutex<[ExactText: State]>([:])

    /// The maximum number of jobs that one turn looks at, at a time.
    static let mostCandidates = 1000
    /// The maximum number of types, which an operator has set limits for.
    private static let maximumCount = 10_000
    /// The least time between two marks of a type with settings that are new.
    private static let markInterval = Duration.milliseconds(250)

    private func change<Value>(_ type: String, _ body: (inout State) -> Value) -> Value {
        states.withLock { states in
            if states.count >= Self.maximumCount { states.removeAll() }
            return body(&states[ExactText(type), default: State()])
        }
    }

    // MARK: Room

    /// When the maximum number of starts of the type allows another one; `nil` if it did at the
    /// last claim, or if there is none.
    func nextRoom(_ type: String) -> Timestamp? {
        states.withLock { $0[ExactText(type)]?.nextRoom }
    }

    func note(_ type: String, nextRoom: Timestamp?) {
        change(type) { $0.nextRoom = nextRoom }
    }

    func forget(_ type: String) {
        change(type) { $0 = State(waiting: $0.waiting) }
    }

    // MARK: Turns

    /// Whether another instance had the turn of the type shortly before.
    func isShared(_ type: String, at now: Instant = .now) -> Bool {
        states.withLock { $0[ExactText(type)]?.metOthers }
            .map { $0.duration(to: now) < Self.sharingLifetime } ?? false
    }

    /// Records that another instance has the turn of the type.
    func metOthers(_ type: String, at now: Instant = .now) {
        change(type) { $0.metOthers = now }
    }

    /// Counts a call of this process that waits for the turn of the type, or one that has ended to.
    func waits(_ type: String, _ isWaiting: Bool) {
        change(type) { $0.waiting = max($0.waiting + (isWaiting ? 1 : -1), 0) }
    }

    /// The number of calls of this process that wait for the turn of the type.
    func waiting(_ type: String) -> Int {
        states.withLock { $0[ExactText(type)]?.waiting ?? 0 }
    }

    private static let sharingLifetime = Duration.seconds(1)

    // MARK: Marks

    /// Whether leases may have begun without a ``Slot`` since the last mark. Marks take a tenth of
    /// the time at most.
    func mayMark(_ type: String, _ version: Int64, at now: Instant = .now) -> Bool {
        guard let mark = states.withLock({ $0[ExactText(type)]?.mark }), mark.version == version
        else { return true }
        return mark.at.duration(to: now) >= max(mark.took * 10, Self.markInterval)
    }

    func marked(_ type: String, _ version: Int64, took duration: Duration, at now: Instant = .now) {
        change(type) { $0.mark = (version, now, duration) }
    }

    // MARK: Groups

    /// How far the claims of a type have scanned; `nil` if the next one starts at the beginning.
    func scan(_ type: String, at now: Instant = .now) -> GroupScan? {
        states.withLock { states in
            guard let scan = states[ExactText(type)]?.scan, scan.isFresh(at: now) else {
                return nil
            }
            return scan
        }
    }

    func scanned(_ type: String, _ scan: GroupScan) {
        change(type) { $0.scan = scan }
    }

    /// Lets claims find the jobs of a group in which a lease has ended.
    func leaseEnded(_ type: String, _ group: String) {
        states.withLock { states in
            states[ExactText(type)]?.scan?.free(group)
        }
    }

    /// Lets claims find a job that was given back or added in front of the place of a scan.
    func returned(_ type: String, _ job: DueJob, group: String?) {
        states.withLock { states in
            states[ExactText(type)]?.scan?.add(Candidate(job, group: group))
        }
    }
}
