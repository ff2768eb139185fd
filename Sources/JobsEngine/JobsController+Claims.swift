public import Jobs

/// Claims, and the release of jobs that their callers did not receive.
extension JobsController {
    /// Starts jobs of a type, or of the first of several types that has some, and waits for the
    /// first one if there is none.
    ///
    /// See ``WaitingJobsPersistence/claim(_:_:)``. A claim without a limit of attempts uses
    /// ``Options/maxRetries``. If the jobs have more than 16 MiB together, the call releases the
    /// jobs beyond that. Of types whose jobs were that large lately, it starts fewer at once.
    ///
    /// - Returns: The started jobs; empty if there were none until the end of the wait.
    /// - Throws: `JobsError.refused` if the type is too long; `JobsError.overloaded` if too many
    ///   claims wait; the error of the store.
    public func claim(_ claim: Claim, _ wait: ClaimWait = .none) async throws -> [StartedJob] {
        try claim.checkLimits()
        var claim = claim
        claim.maxRetries = claim.maxRetries ?? options.maxRetries
        claim.limit = claimSizes.limit(of: claim)
        let claimed = try await concurrentClaims.run(claim) { [claim] in
            try await persistence.claim(claim, wait)
        }
        if let type = claimed.started.first?.job.type { claimSizes.note(claimed.started, type) }
        let started = await bounded(claimed.started)
        // Noted in the store, so that what another caller may have is not taken back.
        if claimed.areShared, let first = started.first {
            _ = try await persistence.served(claim.only(first.job.type))
        }
        if started.isEmpty {
            for type in claim.types { observer.observe(.claimedNothing(type: type)) }
        }
        for started in started where !started.isRepeated && !claimed.areKnown {
            observer.observe(.claimed(started.job))
        }
        return started
    }

    /// The maximum size of the jobs of one claim, in bytes. A single job may be larger.
    package static let claimedBytes = 16 << 20

    /// Releases the jobs beyond ``claimedBytes``, so that the size of an answer is bounded.
    private func bounded(_ started: [StartedJob]) async -> [StartedJob] {
        guard started.count > 1 else { return started }
        var bytes = 0
        let count = started.prefix { started in
            defer { bytes += started.job.weight }
            return bytes + started.job.weight <= Self.claimedBytes
        }.count
        guard max(count, 1) < started.count else { return started }
        do {
            try await persistence.release(Array(started[max(count, 1)...]))
        } catch {
            // Jobs that may still be leased have to reach the caller, even in a longer answer.
            return started
        }
        return Array(started[..<max(count, 1)])
    }

    /// Takes back starts whose callers did not receive the jobs, for example after a disconnect.
    public func release(_ started: [StartedJob]) async throws {
        try await persistence.release(started)
    }

    /// The time within which a caller that has lost its connection repeats a claim.
    package static let repetitionGrace = Duration.seconds(5)

    /// Takes back starts whose callers did not receive the jobs, those of a request only if it was
    /// not repeated within ``repetitionGrace``.
    package func releaseUnlessRepeated(_ started: [StartedJob]) async throws {
        try await release(started.filter { $0.job.claimRequest == nil })
        // Only what the release needs, since jobs may be large.
        let repeatable = started.filter { $0.job.claimRequest != nil }.map(JobChange.release)
        guard !repeatable.isEmpty else { return }
        try await Task.sleep(for: Self.repetitionGrace)
        _ = try await persistence.change(repeatable)
    }
}
