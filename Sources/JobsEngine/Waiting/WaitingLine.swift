import Jobs
import Synchronization

/// The claims of one type that wait in this process for a job.
///
/// A claim that finds no job parks here. The attendant is a task that runs only while there is
/// work: it claims jobs from the store for the first claims, and asks the store when the next delay
/// or lease ends; then it sets one timer. News that arrives in the meantime is not lost: it is
/// counted under the same lock under which claims park and the attendant ends.
final class WaitingLine: Sendable {
    typealias Kind = WaitingClaims<Outcome>.Kind
    typealias Outcome = CheckedContinuation<[StartedJob], any Error>

    fileprivate struct State {
        var waiting = WaitingClaims<Outcome>()
        var tickets = 0
        var isAttended = false
        /// The error of the last look; `nil` if it succeeded.
        var failure: (any Error)?
        /// Whether ``wake`` takes the next end of a delay or lease into account.
        var knowsNext = false
        /// When to look again without news; `nil` if it is not known.
        var wake: ContinuousClock.Instant?
        /// The task that sleeps until ``wake`` while claims wait.
        var timer: Task<Void, Never>?
        /// Whether the news of other processes is followed.
        var isFollowed: Bool
        var recent = RecentIDs()
        /// Whether there was ever a job, or news of one.
        var hasHadJobs = false
    }

    private let type: String
    private let store: any JobsPersistence
    private let options: WaitingJobsPersistence.Options
    private let state: Mutex<State>

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

    /// Waits for up to `limit` jobs.
    ///
    /// - Parameter arrival: The arrival of the claim, taken before it looked and found no job.
    /// - Returns: The started jobs; empty at the deadline, or when the task is cancelled.
    /// - Throws: The error of the last look, if the looks fail until the deadline.
    func wait(
        _ kind: Kind, limit: Int, worker: String?, request: ExactText?,
        until deadline: ContinuousClock.Instant, since arrival: Arrival
    ) async throws -> [StartedJob] {
        let ticket = arrival.ticket
        let timeout = Task { [self] in
            if (try? await Task.sleep(until: deadline, clock: .continuous)) != nil {
                leave(ticket, orFail: true)
            }
        }
        defer { timeout.cancel() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { outcome in
                state.withLock { state in
                    state.waiting.park(
                        .init(
                            ticket: ticket, kind: kind, limit: limit, worker: worker,
                            request: request, outcome: outcome),
                        since: arrival.news)
                }
                // A cancellation or a timeout before the claim was parked had no effect.
                if Task.isCancelled || deadline <= .now { leave(ticket, orFail: false) }
                attendWhenDue()
            }
        } onCancel: {
            leave(ticket, orFail: false)
        }
    }

    private func leave(_ ticket: Int, orFail: Bool) {
        let (claim, failure) = state.withLock { state in
            // At its deadline, a claim with a request waits for the look that may serve it.
            let claim = orFail ? state.waiting.end(ticket) : state.waiting.leave(ticket)
            if state.waiting.claims.isEmpty { state.stopTimer() }
            return (claim, state.failure)
        }
        if orFail, let failure {
            claim?.outcome.resume(throwing: failure)
        } else {
            claim?.outcome.resume(returning: [])
        }
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
                }
            }
            state.waiting.announce(claimable)
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

    private func ring() {
        state.withLock { state in
            state.timer = nil
            state.wake = nil
            state.knowsNext = false
        }
        attendWhenDue()
    }

    // MARK: Looking

    private enum Step {
        case look(WaitingClaims<Outcome>.Look)
        case findNext
        case rest
    }

    private func attendWhenDue() {
        let isDue = state.withLock { state in
            guard !state.isAttended, !state.waiting.claims.isEmpty else { return false }
            state.isAttended = true
            return true
        }
        // A detached task: it serves every waiting claim. The cancellation of one claim must not
        // cancel it, and it must not have the task-local values of the call that started it.
        if isDue { Task.detached { [self] in await attend() } }
    }

    private func nextStep() -> Step {
        state.withLock { state in
            let isAwaited = !state.waiting.claims.isEmpty
            if isAwaited, !state.knowsNext, state.waiting.announced == 0 { return .findNext }
            if let look = state.waiting.nextLook() { return .look(look) }
            if isAwaited { state.startTimer { [self] in ring() } }
            state.isAttended = false
            return .rest
        }
    }

    private func attend() async {
        var backoff = Backoff()
        while true {
            do {
                switch nextStep() {
                case .look(let look): try await carryOut(look)
                case .findNext: try await findNext()
                case .rest: return
                }
                backoff.reset()
                state.withLock { $0.failure = nil }
            } catch {
                state.withLock { $0.failure = error }
                try? await Task.sleep(for: backoff.next())
            }
        }
    }

    private func carryOut(_ look: WaitingClaims<Outcome>.Look) async throws {
        var started: [StartedJob]
        do {
            started = try await store.claim(
                Claim(
                    type: type, timeout: look.kind.timeout, maxRetries: look.kind.maxRetries,
                    callers: look.callers))
        } catch {
            let over = state.withLock { $0.waiting.fail(look) }
            for claim in over { claim.outcome.resume(throwing: error) }
            throw error
        }
        let (served, failure) = await served(look, &started)
        let (dealt, left) = state.withLock { [started] state in
            for job in started { state.recent.insert(job.job.id) }
            if !started.isEmpty {
                state.hasHadJobs = true
                state.wakeNoLater(than: .now + .milliseconds(max(look.kind.timeout, 0)))
            }
            let (dealt, left) = state.waiting.finish(look, started, served: served)
            // Whether the other claims found nothing is not known.
            if failure != nil { state.waiting.announceSomething() }
            if state.waiting.claims.isEmpty { state.stopTimer() }
            return (dealt, left)
        }
        for (claim, jobs) in dealt {
            if let failure, jobs.isEmpty {
                claim.outcome.resume(throwing: failure)
            } else {
                claim.outcome.resume(returning: jobs)
            }
        }
        if left.isEmpty, let failure { throw failure }
        guard !left.isEmpty else { return }
        // The claims that these jobs were for have left in the meantime.
        try await store.release(left)
        announce(left.map { JobNews(id: $0.job.id, type: type, isNew: false) })
    }

    /// Asks the store for the requests of a look that got no job, which may have been served before.
    ///
    /// - Parameter started: The jobs of the look, to which those of the requests are added.
    /// - Returns: The requests without jobs that were served, and why that is not known.
    private func served(
        _ look: WaitingClaims<Outcome>.Look, _ started: inout [StartedJob]
    ) async -> (Set<ExactText>, (any Error)?) {
        let open = look.requests.subtracting(started.compactMap { $0.job.claimRequest?.id })
        guard !open.isEmpty else { return ([], nil) }
        do {
            let served = try await store.served(open, type: type)
            started += served.values.flatMap(\.self)
            return (Set(served.filter(\.value.isEmpty).keys), nil)
        } catch {
            return ([], error)
        }
    }

    /// Asks the store when the next job becomes available, then requests a look: the answer does
    /// not include jobs that became available just before the question.
    private func findNext() async throws {
        // Set before the question, since the answer may lack jobs that are announced in the
        // meantime.
        state.withLock { $0.knowsNext = true }
        do {
            let next = try await store.nextAvailability(of: type)
            state.withLock { state in
                let probe = options.probeInterval(isFollowed: state.isFollowed)
                let wait = next.map { min(.milliseconds($0), probe) } ?? probe
                state.wakeNoLater(than: .now + wait)
                state.waiting.announceSomething()
            }
        } catch {
            state.withLock { $0.knowsNext = false }
            throw error
        }
    }
}

extension WaitingLine.State {
    fileprivate mutating func wakeNoLater(than instant: ContinuousClock.Instant) {
        guard wake.map({ instant < $0 }) ?? true else { return }
        stopTimer()
        wake = instant
    }

    fileprivate mutating func startTimer(_ ring: @escaping @Sendable () -> Void) {
        guard timer == nil, let wake else { return }
        timer = Task.detached {
            if (try? await Task.sleep(until: wake, clock: .continuous)) != nil { ring() }
        }
    }

    fileprivate mutating func stopTimer() {
        timer?.cancel()
        timer = nil
    }
}
