import Jobs
import Synchronization

/// Claims of jobs of the first of several types that has some.
///
/// Such a claim waits in the line of each type, and leaves all of them as soon as one has jobs. The
/// lines know nothing of each other: jobs that another line starts at the same moment are released,
/// so that the caller gets jobs of one type.
extension WaitingJobsPersistence {
    /// A claim of one of the types, with its place in the line of the type.
    private struct Place: Sendable {
        let claim: Claim
        let line: WaitingLine
        let arrival: WaitingLine.Arrival
        let isFollowed: Bool
        var type: ExactText { ExactText(claim.type) }
    }

    /// Starts jobs of the most preferred type that has some, and waits for the first job of any
    /// type if none has.
    func claimAny(_ claim: Claim, _ wait: ClaimWait) async throws -> [StartedJob] {
        let claims = claim.types.map(claim.only)
        for claim in claims { seen.note(claim.type, worker: claim.worker) }
        // So that a repetition does not start a job of a type that is more preferred.
        if let served = try await served(claims) { return served }
        guard wait.milliseconds > 0, claim.limit > 0, claim.startLimit > 0 else {
            return try await startReady(claims, among: claims)
        }
        let duration = Duration.milliseconds(wait.milliseconds)
        let deadline = ContinuousClock.now + duration
        let places = claims.map { claim in
            let (line, isFollowed) = enter(ExactText(claim.type))
            return Place(
                claim: claim, line: line, arrival: line.arrive(), isFollowed: isFollowed)
        }
        defer { for place in places { leave(place.type) } }
        let kind = WaitingLine.Kind(timeout: claim.timeout, maxRetries: claim.startLimit)
        let unknown = places.filter { place in
            !canSkipLook(place.line, place.isFollowed, kind, duration)
        }
        let ready = try await startReady(unknown.map(\.claim), among: claims)
        guard ready.isEmpty else { return ready }
        // A claim that waits in several lines takes as much room as several claims.
        var taken: [WaitingPlaces.Claimant] = []
        defer { for claimant in taken { giveBackPlace(of: claimant) } }
        for place in places {
            let claimant = WaitingPlaces.Claimant(
                caller: wait.caller.map { ExactText($0) }, type: place.type)
            guard takePlace(for: claimant) else { throw JobsError.overloaded }
            taken.append(claimant)
        }
        let started = try await wait.during { [self] in
            try await self.wait(in: places, kind, until: deadline)
        }
        guard started.isEmpty else { return try await once(started, among: claims) }
        guard !Task.isCancelled else { return [] }
        // Another instance may have served the request in the meantime.
        return try await served(claims) ?? []
    }

    /// Claims jobs that are ready, of one type after the other.
    ///
    /// - Parameter all: The claims of all types.
    /// - Returns: The started jobs; empty if there are none.
    private func startReady(_ claims: [Claim], among all: [Claim]) async throws -> [StartedJob] {
        for claim in claims {
            let started = try await startReady(claim)
            if !started.isEmpty { return try await once(started, among: all) }
        }
        return []
    }

    /// Waits in all lines at once, until one has jobs.
    private func wait(
        in places: [Place], _ kind: WaitingLine.Kind, until deadline: ContinuousClock.Instant
    ) async throws -> [StartedJob] {
        let withdrawal = WaitingLine.Withdrawal()
        let (found, failure) = await withTaskGroup(
            of: (index: Int, result: Result<[StartedJob], any Error>).self
        ) { group in
            for (index, place) in places.enumerated() {
                group.addTask {
                    do {
                        let jobs = try await place.line.wait(
                            place.claim, kind, until: deadline, since: place.arrival,
                            unless: withdrawal)
                        return (index, .success(jobs))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            var found: [(index: Int, jobs: [StartedJob])] = []
            var failure: (any Error)?
            for await (index, result) in group {
                switch result {
                case .success(let jobs) where !jobs.isEmpty:
                    found.append((index, jobs))
                    withdrawal.begin()
                    for place in places { place.line.withdraw(place.arrival) }
                case .success: break
                case .failure(let error): failure = failure ?? error
                }
            }
            return (found, failure)
        }
        guard let best = found.min(by: { $0.index < $1.index }) else {
            if let failure { throw failure }
            return []
        }
        let rest = found.filter { $0.index != best.index }.flatMap(\.jobs)
        // If it fails, they become ready again when their leases lapse.
        if !rest.isEmpty { try? await release(rest) }
        return best.jobs
    }

    /// Returns the jobs of a claim that was served before; `nil` if it was not.
    private func served(_ claims: [Claim]) async throws -> [StartedJob]? {
        for claim in claims where claim.requestID != nil {
            if let served = try await served(claim) { return served }
        }
        return nil
    }

    /// Makes sure that a request that is repeated while it is served, by another instance perhaps,
    /// is served once over all its types: the start that was first keeps its jobs.
    ///
    /// Each looks for jobs of the other types after its own start. So of two that start jobs at the
    /// same time at least one sees the other, and both decide the same, unless both started in the
    /// same millisecond. Jobs that the other one has seen are not taken back by their release, and
    /// become ready again when their leases lapse.
    private func once(_ started: [StartedJob], among claims: [Claim]) async throws -> [StartedJob] {
        guard let request = claims[0].requestID.map({ ExactText($0) }), let first = started.first,
            !first.isRepeated
        else { return started }
        let own = claims.firstIndex { ExactText($0.type) == ExactText(first.job.type) } ?? 0
        var best = (jobs: started, since: first.job.started ?? .max, index: own)
        let order = { (index: Int) in claims[index].type }
        for (index, claim) in claims.enumerated() where index != own {
            guard let jobs = try await base.served([request], type: claim.type)[request] else {
                continue
            }
            // Served before, and over.
            let since = jobs.compactMap(\.job.started).min() ?? .min
            // By types, since the repetition may prefer others.
            if (since, order(index)) < (best.since, order(best.index)) {
                best = (jobs, since, index)
            }
        }
        if best.index != own { try await release(started) }
        return best.jobs
    }
}
