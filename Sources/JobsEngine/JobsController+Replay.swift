public import Jobs

/// A request to make many jobs claimable again.
public struct ReplayRequest: Sendable {
    /// The jobs to replay; `nil` for all that match the filter. With both, a job must match both.
    public var ids: [JobID]?
    /// The conditions on the jobs; `nil` for none.
    public var filter: JobFilter?
    /// The maximum number of jobs to replay, 1 to ``maximumJobs``.
    public var maxJobs: Int
    /// How the jobs are replayed.
    public var replay: Replay
    /// Whether to say which jobs would be replayed, without replaying them.
    public var isDryRun: Bool

    /// The maximum number of jobs of one request.
    public static let maximumJobs = 1000

    /// Creates a request.
    ///
    /// - Parameters:
    ///   - ids: The jobs to replay; `nil` for all that match the filter.
    ///   - filter: The conditions on the jobs; `nil` for none.
    ///   - maxJobs: The maximum number of jobs to replay.
    ///   - replay: How the jobs are replayed.
    ///   - isDryRun: Whether to say which jobs would be replayed, without replaying them.
    public init(
        ids: [JobID]? = nil, filter: JobFilter? = nil, maxJobs: Int = maximumJobs,
        replay: Replay = Replay(), isDryRun: Bool = false
    ) {
        self.ids = ids
        self.filter = filter
        self.maxJobs = maxJobs
        self.replay = replay
        self.isDryRun = isDryRun
    }
}

/// The outcome of a request to replay jobs.
public struct ReplayedJobs: Sendable, Equatable {
    /// The replayed jobs, oldest first.
    public var ids: [JobID]
    /// The number of jobs that were not replayed because they were added as unique, and another
    /// unfinished job of their type and reference exists by now.
    public var skipped: Int

    /// Creates an outcome.
    public init(ids: [JobID] = [], skipped: Int = 0) {
        self.ids = ids
        self.skipped = skipped
    }
}

extension JobsController {
    /// Makes jobs claimable again that have failed, were cancelled, or are exhausted or expired.
    ///
    /// Other jobs are left unchanged, and so are jobs past their deadline unless the replay has a
    /// new time to live. A call that fails midway has replayed some of the jobs; a repeated call
    /// replays the others. The cost is that of a list of the candidates, and of one change for each
    /// job.
    ///
    /// - Returns: The replayed jobs, or with a dry run the ones that would be. A dry run does not
    ///   look for other unique jobs.
    /// - Throws: `JobsError.refused` if a name in the filter is too long; the error of the store.
    public func replay(_ request: ReplayRequest) async throws -> ReplayedJobs {
        var outcome = ReplayedJobs()
        guard let filter = request.candidates else { return outcome }
        var replay = request.replay
        replay.maxRetries = options.maxRetries
        let limit = min(max(request.maxJobs, 0), ReplayRequest.maximumJobs)
        var last: JobID?
        while outcome.ids.count < limit {
            try Task.checkCancellation()
            let page = try await list(
                filter, Paging(take: Self.slice, after: last, maxBytes: Self.sliceBytes))
            guard let end = page.jobs.last?.id else { break }
            let now = try await persistence.now()
            let ids = page.jobs.filter { $0.applying(.replay(replay), at: now) != nil }.map(\.id)
                .prefix(limit - outcome.ids.count)
            if request.isDryRun {
                outcome.ids += ids
            } else {
                try await make(ids.map { JobChange($0, .replay(replay)) }, &outcome)
            }
            last = end
        }
        return outcome
    }

    /// The maximum number of jobs, and their maximum size in bytes, that are read at once.
    private static let slice = 200
    private static let sliceBytes = 4 << 20

    private func make(_ changes: [JobChange], _ outcome: inout ReplayedJobs) async throws {
        guard !changes.isEmpty else { return }
        for (change, result) in zip(changes, try await self.change(changes)) {
            switch result {
            case .success(_?): outcome.ids.append(change.id)
            case .failure(.notReplayed(_, isKeyTaken: true)): outcome.skipped += 1
            // Deleted or changed since it was listed.
            case .success(nil), .failure(.notReplayed), .failure(.lockLost): break
            case .failure(let error): throw error
            }
        }
    }
}

extension ReplayRequest {
    /// The filter of the jobs that may be replayed; `nil` if there can be none.
    fileprivate var candidates: JobFilter? {
        var filter = filter ?? JobFilter()
        // Every expired job is past its deadline.
        var states: Set<JobState> = [.failed, .cancelled, .exhausted]
        if replay.ttl != nil { states.insert(.expired) }
        if let wanted = filter.state {
            guard states.contains(wanted) else { return nil }
        } else {
            filter.states = states
        }
        filter.ids = ids.map { Set($0) }
        return filter
    }
}
