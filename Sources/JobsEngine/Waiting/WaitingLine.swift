import Jobs
import Synchronization

/// The claims of one type that wait in this process for a job.
///
/// A claim that finds no job parks here. The attendant is a task that runs only while there is
/// work: it claims jobs from the store for the first claims, and asks the store when the next delay
/// or lease ends. One timer rings at that time, or when the wait of a claim ends. News that arrives
/// in the meantime is not lost: it is counted under the same lock under which claims park and the
/// attendant ends.
final class WaitingLine: Sendable {
    typealias Kind = WaitingClaims<Outcome>.Kind
    typealias Outcome = CheckedContinuation<[StartedJob], any Error>

    struct State {
        var waiting = WaitingClaims<Outcome>()
        var tickets = 0
        var isAttended = false
        /// The error of the last look; `nil` if it succeeded.
        var failure: (any Error)?
        /// Whether ``wake`` takes the next end of a delay or lease into account.
        var knowsNext = false
        /// When to look again without news; `nil` if it is not known.
        var wake: ContinuousClock.Instant?
        var alarm = WaitingAlarm()
        /// Whether the news of other processes is followed.
        var isFollowed: Bool
        var recent = RecentIDs()
        /// The first jobs that were announced since the last look while claims waited, at most two.
        var heard: [JobID] = []
        /// When the line last looked for the first jobs, not for one by its id.
        var searched = ContinuousClock.now
        /// Whether there was ever a job, or news of one.
        var hasHadJobs = false
    }

    let type: String
    let store: any JobsPersistence
    let options: WaitingJobsPersistence.Options
    let state: Mutex<State>

    /// - Parameters:
    ///   - store: The store that jobs are claimed from. Jobs that no claim takes are released
    ///     there.
    ///   - isFollowed: Whether the news of other processes is followed from the beginning.
    init(
        type: String, store: any JobsPersistence, options: WaitingJobsPersistence.Options,
        isFollowed: Bool
    ) {
        self.type = type
        self.store = store
        self.options = options
        state = Mutex(State(isFollowed: isFollowed))
    }

    /// The place of a claim in the line and the news so far, taken before the claim looks for a
    /// job.
    struct Arrival {
        fileprivate let ticket: Int
        fileprivate let news: Int
    }

    /// Tells the other lines of a claim that one line has given it jobs.
    final class Withdrawal: Sendable {
        private let state = Atomic(false)

        var hasBegun: Bool { state.load(ordering: .sequentiallyConsistent) }

        func begin() { state.store(true, ordering: .sequentiallyConsistent) }
    }

    func arrive() -> Arrival {
        state.withLock { state in
            state.tickets += 1
            return Arrival(ticket: state.tickets, news: state.waiting.news)
        }
    }

    var waitingCount: Int { state.withLock { $0.waiting.claims.count } }

    /// Whether there was ever a job of the type, or news of one.
    var hasHadJobs: Bool { state.withLock { $0.hasHadJobs } }

    /// Whether it is known that the store has no job for claims of this kind.
    func isEmpty(for kind: Kind) -> Bool { state.withLock { $0.waiting.isEmpty(for: kind) } }

    // MARK: Waiting

    /// Waits for as many jobs as the claim asks for.
    ///
    /// - Parameters:
    ///   - arrival: The arrival of the claim, taken before it looked and found no job.
    ///   - withdrawal: Ends the wait before the deadline; `nil` for a claim that waits in one line.
    /// - Returns: The started jobs; empty at the deadline, when the claim is withdrawn, or when the
    ///   task is cancelled.
    /// - Throws: The error of the last look, if the looks fail until the deadline.
    func wait(
        _ claim: Claim, _ kind: Kind, until deadline: ContinuousClock.Instant,
        since arrival: Arrival, unless withdrawal: Withdrawal? = nil
    ) async throws -> [StartedJob] {
        let ticket = arrival.ticket
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { outcome in
                state.withLock { state in
                    state.waiting.park(
                        .init(
                            ticket: ticket, kind: kind, limit: claim.limit,
                            worker: claim.worker,
                            request: claim.requestID.map { ExactText($0) }, deadline: deadline,
                            outcome: outcome),
                        since: arrival.news)
                    setAlarm(&state, noLaterThan: deadline)
                }
                // Cancellation, the deadline or a withdrawal before the claim was parked had no
                // effect.
                if Task.isCancelled || deadline <= .now || withdrawal?.hasBegun == true {
                    leave(ticket, orFail: false)
                }
                attendWhenDue()
            }
        } onCancel: {
            leave(ticket, orFail: false)
        }
    }

    /// Ends the wait of a claim, see ``Withdrawal``. A claim with a request id waits for the look
    /// that may serve it.
    func withdraw(_ arrival: Arrival) { leave(arrival.ticket, orFail: true) }

    private func leave(_ ticket: Int, orFail: Bool) {
        let (claim, failure) = state.withLock { state in
            // At its deadline, a claim with a request waits for the look that may serve it.
            let claim = orFail ? state.waiting.end(ticket) : state.waiting.leave(ticket)
            return (claim, state.failure)
        }
        claim?.endWait(orFail: orFail ? failure : nil)
    }

    // MARK: News

    /// Takes the news of jobs that are claimable now or later.
    func announce(_ news: [JobNews]) {
        state.withLock { state in
            state.hasHadJobs = state.hasHadJobs || !news.isEmpty
            let now = ContinuousClock.now
            var claimable = 0
            for job in news {
                if job.delay > 0 {
                    state.wakeNoLater(than: now + .milliseconds(job.delay))
                } else if !job.isNew || state.recent.insert(job.id) {
                    claimable += 1
                    if state.heard.count < 2 { state.heard.append(job.id) }
                }
            }
            state.waiting.announce(claimable)
            if state.waiting.claims.isEmpty { state.heard.removeAll() }
        }
        attendWhenDue()
    }

    /// Takes the news that there may be claimable jobs, without their number.
    func announceSomething() {
        state.withLock { $0.waiting.announceSomething() }
        attendWhenDue()
    }

    /// Looks again, now and when the store says, because the rules for the type have changed.
    func reconsider() {
        state.withLock { state in
            state.knowsNext = false
            state.waiting.announceSomething()
        }
        attendWhenDue()
    }

    /// Sets whether the news of other processes is followed from now on.
    func follow(_ isFollowed: Bool) {
        state.withLock { state in
            guard state.isFollowed != isFollowed else { return }
            state.isFollowed = isFollowed
            // Changes in the meantime were not reported.
            state.knowsNext = false
        }
        attendWhenDue()
    }

    /// For how long jobs are claimed by their ids without a search for others, whose leases may
    /// have lapsed in another process without any news.
    static let longestUnsearched = Duration.seconds(1)

    // MARK: Time

    func setAlarm(_ state: inout State, noLaterThan instant: ContinuousClock.Instant) {
        state.alarm.set(noLaterThan: instant) { [weak self] in self?.ring() }
    }

    private func ring() {
        let (over, failure) = state.withLock { state in
            state.alarm.hasRung()
            let now = ContinuousClock.now
            let over = state.waiting.endDue(at: now)
            if let wake = state.wake, wake <= now {
                state.wake = nil
                state.knowsNext = false
            }
            let next = [state.waiting.nextDeadline, state.wake].compactMap(\.self).min()
            if let next, !state.waiting.claims.isEmpty { setAlarm(&state, noLaterThan: next) }
            return (over, state.failure)
        }
        for claim in over { claim.endWait(orFail: failure) }
        attendWhenDue()
    }
}

extension WaitingLine.State {
    mutating func wakeNoLater(than instant: ContinuousClock.Instant) {
        wake = wake.map { min($0, instant) } ?? instant
    }
}

extension WaitingClaims<WaitingLine.Outcome>.Claim {
    /// Ends the wait without a job.
    ///
    /// - Parameter failure: Why it is not known whether there is one; `nil` if there is none.
    fileprivate func endWait(orFail failure: (any Error)?) {
        if let failure {
            outcome.resume(throwing: failure)
        } else {
            outcome.resume(returning: [])
        }
    }
}
