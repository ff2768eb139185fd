/// Starting jobs, with durations and without values of their own.
extension JobsClient {
    /// Starts a job by its id, also during its delay.
    ///
    /// - Parameters:
    ///   - id: The job to start.
    ///   - timeout: The duration of the lease from now.
    ///   - worker: The name of the worker, see `Start.worker`; `nil` for none.
    /// - Returns: The started job; `nil` if the job does not exist, has ended or expired, or is
    ///   under a live lease.
    /// - Throws: ``JobsClientError``; `CancellationError`.
    public func start(_ id: JobID, timeout: Duration, worker: String? = nil) async throws
        -> ClaimedJob?
    {
        try await start(Start(id, timeout: timeout.milliseconds, worker: worker))
    }

    /// Starts the next job of a type: the one with the highest priority, then the oldest.
    ///
    /// - Parameters:
    ///   - type: The type of the job.
    ///   - timeout: The duration of the lease, from the time at which the job is handed out.
    ///   - maxRetries: The limit of attempts; `nil` for the configured limit of the service.
    ///   - worker: The name of the worker, see `Claim.worker`; `nil` for none.
    ///   - waitTimeout: How long the service may hold the request until there is a job, at most a
    ///     minute. A service that does not know waits answers at once.
    /// - Returns: The started job; `nil` if there is none.
    /// - Throws: ``JobsClientError``; `CancellationError`.
    public func start(
        type: String, timeout: Duration, maxRetries: Int? = nil, worker: String? = nil,
        waitTimeout: Duration = .zero
    ) async throws -> ClaimedJob? {
        try await start(
            type: type, timeout: timeout, maxJobs: 1, maxRetries: maxRetries, worker: worker,
            waitTimeout: waitTimeout
        ).first
    }

    /// Starts up to `maxJobs` jobs of a type, as soon as there is at least one.
    ///
    /// - Parameters:
    ///   - type: The type of the jobs.
    ///   - timeout: The duration of each lease, from the time at which the jobs are handed out.
    ///   - maxJobs: The maximum number of jobs, clamped to 1000.
    ///   - maxRetries: The limit of attempts; `nil` for the configured limit of the service.
    ///   - worker: The name of the worker, see `Claim.worker`; `nil` for none.
    ///   - waitTimeout: How long the service may hold the request until there is a job, at most a
    ///     minute. A service that does not know waits answers at once.
    /// - Returns: The started jobs; empty if there are none.
    /// - Throws: ``JobsClientError``; `CancellationError`.
    public func start(
        type: String, timeout: Duration, maxJobs: Int, maxRetries: Int? = nil,
        worker: String? = nil, waitTimeout: Duration = .zero
    ) async throws -> [ClaimedJob] {
        let claim = Claim(
            type: type, timeout: timeout.milliseconds, maxRetries: maxRetries, limit: maxJobs,
            worker: worker)
        return try await self.claim(claim, waitTimeout: waitTimeout)
    }

    /// Starts up to `maxJobs` jobs of the first of several types that has some, as soon as there is
    /// at least one.
    ///
    /// A service that starts only single jobs is asked for one type after the other.
    ///
    /// - Parameters:
    ///   - types: The types of the jobs, the most preferred first, at most `Claim.maximumTypes`.
    ///   - timeout: The duration of each lease, from the time at which the jobs are handed out.
    ///   - maxJobs: The maximum number of jobs, clamped to 1000.
    ///   - maxRetries: The limit of attempts; `nil` for the configured limit of the service.
    ///   - worker: The name of the worker, see `Claim.worker`; `nil` for none.
    ///   - waitTimeout: How long the service may hold the request until there is a job, at most a
    ///     minute. A service that does not know waits answers at once.
    /// - Returns: The started jobs, which have the same type; empty if there are none, or without
    ///   types.
    /// - Throws: ``JobsClientError``; `CancellationError`.
    public func start(
        types: [String], timeout: Duration, maxJobs: Int = 1, maxRetries: Int? = nil,
        worker: String? = nil, waitTimeout: Duration = .zero
    ) async throws -> [ClaimedJob] {
        guard let first = types.first else { return [] }
        var claim = Claim(
            type: first, timeout: timeout.milliseconds, maxRetries: maxRetries, limit: maxJobs,
            worker: worker)
        claim.alternatives = Array(types.dropFirst())
        return try await self.claim(claim, waitTimeout: waitTimeout)
    }
}
