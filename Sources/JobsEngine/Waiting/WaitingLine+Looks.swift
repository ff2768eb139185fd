import Jobs
import Synchronization

/// The attendant of a line, which looks in the store for the claims that wait.
extension WaitingLine {
    private enum Step {
        /// - Parameter announced: The only job that the look is for, if its id is known.
        case look(WaitingClaims<Outcome>.Look, announced: JobID?)
        case findNext
        case rest
    }

    func attendWhenDue() {
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
            if let look = state.waiting.nextLook() {
                let isOfOne = look.limit == 1 && !look.isUnsure && state.waiting.announced == 0
                let announced = isOfOne && state.heard.count == 1 ? state.heard.first : nil
                state.heard.removeAll()
                if announced == nil { state.searched = .now }
                return .look(look, announced: announced)
            }
            if isAwaited, let wake = state.wake { setAlarm(&state, noLaterThan: wake) }
            state.isAttended = false
            return .rest
        }
    }

    private func attend() async {
        var backoff = Backoff()
        while true {
            do {
                switch nextStep() {
                case .look(let look, let announced): try await carryOut(look, announced)
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

    private func carryOut(_ look: WaitingClaims<Outcome>.Look, _ announced: JobID?) async throws {
        var claim = Claim(
            type: type, timeout: look.kind.timeout, maxRetries: look.kind.maxRetries,
            callers: look.callers)
        claim.announced = announced
        var started: [StartedJob]
        do {
            started = try await store.claim(claim)
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
            if announced != nil, state.searched.duration(to: .now) >= Self.longestUnsearched {
                state.waiting.announceSomething()
            }
            // Whether the other claims found nothing is not known.
            if failure != nil { state.waiting.announceSomething() }
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

    /// Asks the store for the requests of a look that got no job, which may have been served
    /// before.
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
