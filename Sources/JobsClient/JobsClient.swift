/// The operations of a jobs service, over HTTP or in this process.
///
/// A missing job is not an error: if the job does not exist, or no job can be handed out, the
/// result is `nil`. Every other failure throws ``JobsClientError``, which tells whether it helps to
/// try again. In a cancelled task, a call throws `CancellationError`. Durations are sent in whole
/// milliseconds.
///
/// A method that takes several items returns a result for each, in order. The number of items has
/// no limit: the client sends as many requests as necessary. The method throws only if nothing was
/// done.
public protocol JobsClient: Sendable {
    /// Adds a job.
    func add(_ newJob: NewJob) async throws -> Job

    /// Adds a job unless a job of the same type and reference exists that is neither completed nor
    /// expired.
    ///
    /// - Returns: The added job, or the oldest existing one.
    func addUnique(_ newJob: NewJob) async throws -> Job

    /// Returns a page of the matching jobs, in the order of creation.
    func list(_ filter: JobFilter, _ paging: Paging) async throws -> JobPage

    /// Returns a job, or `nil` if no job has this id.
    func get(_ id: JobID) async throws -> Job?

    /// Returns a page of the matching jobs, with the state of each job as judged by the service.
    func listDetails(_ filter: JobFilter, _ paging: Paging) async throws -> DetailedJobPage

    /// Returns a job with its state as judged by the service, or `nil` if no job has this id.
    func details(of id: JobID) async throws -> DetailedJob?

    /// Starts a job by its id, also during its delay.
    ///
    /// - Parameters:
    ///   - id: The job to start.
    ///   - timeout: The duration of the lease from now.
    /// - Returns: The started job; `nil` if the job does not exist, is completed or expired, or is
    ///   under a live lease.
    func start(_ id: JobID, timeout: Duration) async throws -> ClaimedJob?

    /// Starts jobs of a type, up to the limit of the claim. Jobs with a higher priority come first,
    /// then older ones.
    ///
    /// - Parameters:
    ///   - claim: The type, the duration of the leases and the limits.
    ///   - waitTimeout: How long the service may hold the request until there is a job, at most a
    ///     minute. A service that does not know waits answers at once.
    /// - Returns: The started jobs; empty if there are none.
    func claim(_ claim: Claim, waitTimeout: Duration) async throws -> [ClaimedJob]

    /// Changes jobs, one after the other.
    ///
    /// - Returns: For each change the job after it; `nil` if the job does not exist; an error of
    ///   the kind ``JobsClientError/Kind/lockLost`` if the token is not that of the last lease.
    func change(_ changes: [JobChange]) async throws -> [Result<Job?, JobsClientError>]

    /// Removes a job, regardless of its state.
    ///
    /// - Returns: The job before its removal; `nil` if it does not exist.
    func delete(_ id: JobID) async throws -> Job?

    /// Removes all jobs.
    func deleteAll() async throws

    /// Removes the jobs that are completed, expired, or were started more often than the limit
    /// allows.
    func clean() async throws

    // MARK: Many at once

    /// Adds several jobs.
    ///
    /// - Returns: The added job, or the error, for each of `newJobs`, in order.
    func add(_ newJobs: [NewJob]) async throws -> [Result<Job, JobsClientError>]
}

extension JobsClient {
    /// Returns the first page of the matching jobs, in the order of creation.
    public func list(_ filter: JobFilter = JobFilter()) async throws -> JobPage {
        try await list(filter, Paging())
    }

    /// Returns the jobs of ``list(_:_:)`` without states, for clients that do not know states.
    public func listDetails(_ filter: JobFilter, _ paging: Paging) async throws
        -> DetailedJobPage
    {
        let page = try await list(filter, paging)
        return DetailedJobPage(jobs: page.jobs.map { DetailedJob(job: $0) }, total: page.total)
    }

    /// Returns the job of ``get(_:)`` without its state, for clients that do not know states.
    public func details(of id: JobID) async throws -> DetailedJob? {
        try await get(id).map { DetailedJob(job: $0) }
    }

    /// Starts the next job of a type: the one with the highest priority, then the oldest.
    ///
    /// - Parameters:
    ///   - type: The type of the job.
    ///   - timeout: The duration of the lease, from the time at which the job is handed out.
    ///   - maxRetries: The limit of attempts; `nil` for the configured limit of the service.
    ///   - waitTimeout: How long the service may hold the request until there is a job, at most a
    ///     minute. A service that does not know waits answers at once.
    /// - Returns: The started job; `nil` if there is none.
    public func start(
        type: String, timeout: Duration, maxRetries: Int? = nil, waitTimeout: Duration = .zero
    ) async throws -> ClaimedJob? {
        try await start(
            type: type, timeout: timeout, maxJobs: 1, maxRetries: maxRetries,
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
    ///   - waitTimeout: How long the service may hold the request until there is a job, at most a
    ///     minute. A service that does not know waits answers at once.
    /// - Returns: The started jobs; empty if there are none.
    public func start(
        type: String, timeout: Duration, maxJobs: Int, maxRetries: Int? = nil,
        waitTimeout: Duration = .zero
    ) async throws -> [ClaimedJob] {
        let claim = Claim(
            type: type, timeout: timeout.milliseconds, maxRetries: maxRetries, limit: maxJobs)
        return try await self.claim(claim, waitTimeout: waitTimeout)
    }

    /// Changes one job.
    ///
    /// - Returns: The job after the change; `nil` if the job does not exist.
    /// - Throws: ``JobsClientError``, of the kind ``JobsClientError/Kind/lockLost`` if the token is
    ///   not that of the last lease; `CancellationError`.
    public func change(_ change: JobChange) async throws -> Job? {
        guard let result = try await self.change([change]).first else {
            throw JobsClientError.notUnderstood("result")
        }
        return try result.get()
    }

    /// Moves the end of a lease to `timeout` from now, later or earlier than before.
    ///
    /// - Returns: The job after the change; `nil` if the job does not exist.
    /// - Throws: ``JobsClientError``, of the kind ``JobsClientError/Kind/lockLost`` if the token is
    ///   not that of the last lease; `CancellationError`.
    public func extend(_ lease: LeaseReference, timeout: Duration) async throws -> Job? {
        try await change(JobChange(lease, .extend(timeout: timeout.milliseconds)))
    }

    /// Ends a lease without completing the job.
    ///
    /// - Parameters:
    ///   - lease: The job and the token of its lease.
    ///   - delay: The time after which the job can be claimed by type again; `nil` for at once. A
    ///     service that does not know delays ignores it.
    /// - Returns: The job after the change; `nil` if the job does not exist.
    /// - Throws: ``JobsClientError``, of the kind ``JobsClientError/Kind/lockLost`` if the token is
    ///   not that of the last lease; `CancellationError`.
    public func abort(_ lease: LeaseReference, delay: Duration? = nil) async throws -> Job? {
        try await change(JobChange(lease, .abort(delay: delay?.milliseconds)))
    }

    /// Completes a job.
    ///
    /// - Returns: The job after the change; `nil` if the job does not exist.
    /// - Throws: ``JobsClientError``, of the kind ``JobsClientError/Kind/lockLost`` if the token is
    ///   not that of the last lease; `CancellationError`.
    public func complete(_ lease: LeaseReference) async throws -> Job? {
        try await change(JobChange(lease, .complete))
    }
}
