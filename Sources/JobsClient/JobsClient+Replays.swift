/// Making jobs claimable again, with durations.
extension JobsClient {
    /// Replays jobs by their ids, in as many requests as necessary.
    ///
    /// Unknown jobs are ignored. Jobs that have not failed and are neither cancelled, exhausted nor
    /// expired are left unchanged.
    ///
    /// - Parameters:
    ///   - ids: The jobs to replay.
    ///   - delay: The time until the jobs can be claimed; `nil` for at once.
    ///   - ttl: A new time to live, from now; `nil` keeps the old one. Jobs past their deadline are
    ///     replayed only with a new time to live. With 0, the jobs do not expire.
    ///   - isDryRun: Whether to say which jobs would be replayed, without replaying them.
    /// - Returns: The replayed jobs.
    /// - Throws: ``JobsClientError``; some jobs may have been replayed. `CancellationError`.
    public func replay(
        _ ids: [JobID], delay: Duration? = nil, ttl: Duration? = nil, isDryRun: Bool = false
    ) async throws -> ReplayedJobs {
        var outcome = ReplayedJobs()
        var rest = ids[...]
        while !rest.isEmpty {
            let replayed = try await replay(
                ReplayRequest(
                    ids: Array(rest.prefix(ReplayRequest.maximumJobs)),
                    replay: Replay(delay: delay?.milliseconds, ttl: ttl?.milliseconds),
                    isDryRun: isDryRun))
            outcome.ids += replayed.ids
            outcome.skipped += replayed.skipped
            rest = rest.dropFirst(ReplayRequest.maximumJobs)
        }
        return outcome
    }

    /// Replays jobs that match a filter, the oldest first.
    ///
    /// - Parameters:
    ///   - filter: The conditions on the jobs, at least one.
    ///   - maxJobs: The maximum number of jobs to replay, 1 to 1000.
    ///   - delay: The time until the jobs can be claimed; `nil` for at once.
    ///   - ttl: A new time to live, from now; `nil` keeps the old one. Jobs past their deadline are
    ///     replayed only with a new time to live. With 0, the jobs do not expire.
    ///   - isDryRun: Whether to say which jobs would be replayed, without replaying them.
    /// - Returns: The replayed jobs.
    /// - Throws: ``JobsClientError``; some jobs may have been replayed. `CancellationError`.
    public func replay(
        matching filter: JobFilter, maxJobs: Int = ReplayRequest.maximumJobs,
        delay: Duration? = nil, ttl: Duration? = nil, isDryRun: Bool = false
    ) async throws -> ReplayedJobs {
        try await replay(
            ReplayRequest(
                filter: filter, maxJobs: maxJobs,
                replay: Replay(delay: delay?.milliseconds, ttl: ttl?.milliseconds),
                isDryRun: isDryRun))
    }
}
