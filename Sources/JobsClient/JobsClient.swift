/// All that can be asked of a jobs service, over HTTP, in this process, or of nobody.
///
/// Nothing there is not an error: where there is no such job, or none to hand out, the answer is
/// nil. All else that can go wrong is thrown as ``JobsClientError``, which says whether it helps to
/// try again; a cancelled task gets a `CancellationError`. Times are sent in whole milliseconds.
///
/// What takes many at once has a result for each, in the order of the arguments, and no limit of
/// its own: more than a service takes in one request go in several. It throws if nothing was done.
public protocol JobsClient: Sendable {
    /// Adds a job.
    func add(_ newJob: NewJob) async throws -> Job

    /// Adds a job unless an unfinished, unexpired one of its type and reference is there, which is
    /// then the answer.
    func addUnique(_ newJob: NewJob) async throws -> Job

    /// A page of the jobs that match, in the order of creation.
    func list(_ filter: JobFilter, _ paging: Paging) async throws -> JobPage

    func get(_ id: JobID) async throws -> Job?

    /// As ``list(_:_:)``, with the state of each job as the service judges it.
    func listDetails(_ filter: JobFilter, _ paging: Paging) async throws -> DetailedJobPage

    /// As ``get(_:)``, with the job's state as the service judges it.
    func details(of id: JobID) async throws -> DetailedJob?

    /// Starts this job if nobody has it; it need not be due.
    /// - Parameter timeout: how long the lease lasts from now.
    func start(_ id: JobID, timeout: Duration) async throws -> ClaimedJob?

    /// Starts jobs of a type, as many as there are up to the claim's limit: higher priority first, then age.
    /// - Parameter waitTimeout: how long the service may hold the request until there is a job, up to a
    ///   minute. A service that does not know this answers at once.
    func claim(_ claim: Claim, waitTimeout: Duration) async throws -> [ClaimedJob]

    /// Changes jobs, each with a result of its own, in order: the job after it; `nil` where there is no
    /// such job; an error of the kind `lockLost` where the token is not the last lease's.
    func change(_ changes: [JobChange]) async throws -> [Result<Job?, JobsClientError>]

    /// Removes a job, whatever its state.
    /// - Returns: the job as it was.
    func delete(_ id: JobID) async throws -> Job?

    /// Removes every job.
    func deleteAll() async throws

    /// Removes what is completed, expired or given up.
    func clean() async throws

    // MARK: Many at once

    func add(_ newJobs: [NewJob]) async throws -> [Result<Job, JobsClientError>]
}

extension JobsClient {
    public func list(_ filter: JobFilter = JobFilter()) async throws -> JobPage {
        try await list(filter, Paging())
    }

    /// The jobs of ``list(_:_:)`` without states, for clients that know none.
    public func listDetails(_ filter: JobFilter, _ paging: Paging) async throws
        -> DetailedJobPage
    {
        let page = try await list(filter, paging)
        return DetailedJobPage(jobs: page.jobs.map { DetailedJob(job: $0) }, total: page.total)
    }

    /// The job of ``get(_:)`` without its state, for clients that know none.
    public func details(of id: JobID) async throws -> DetailedJob? {
        try await get(id).map { DetailedJob(job: $0) }
    }

    /// Starts the next job of a type: higher priority first, then age.
    /// - Parameters:
    ///   - timeout: how long the lease lasts from the moment at which the job is handed out.
    ///   - maxRetries: only jobs that were started fewer times; nil: as the service is configured.
    ///   - waitTimeout: how long the service may hold the request until there is a job, up to a
    ///     minute. A service that does not know this answers at once.
    public func start(
        type: String, timeout: Duration, maxRetries: Int? = nil, waitTimeout: Duration = .zero
    ) async throws -> ClaimedJob? {
        try await start(
            type: type, timeout: timeout, maxJobs: 1, maxRetries: maxRetries,
            waitTimeout: waitTimeout
        ).first
    }

    /// As the single ``start(type:timeout:maxRetries:waitTimeout:)``: up to `maxJobs` jobs, as soon
    /// as there is one.
    /// - Parameter maxJobs: at most 1000 are asked for.
    public func start(
        type: String, timeout: Duration, maxJobs: Int, maxRetries: Int? = nil,
        waitTimeout: Duration = .zero
    ) async throws -> [ClaimedJob] {
        let claim = Claim(
            type: type, timeout: timeout.milliseconds, maxRetries: maxRetries, limit: maxJobs)
        return try await self.claim(claim, waitTimeout: waitTimeout)
    }

    /// Changes one job.
    public func change(_ change: JobChange) async throws -> Job? {
        guard let result = try await self.change([change]).first else {
            throw JobsClientError.notUnderstood("result")
        }
        return try result.get()
    }

    /// Makes a lease last `timeout` from now, be that longer or shorter than before.
    public func extend(_ lease: LeaseReference, timeout: Duration) async throws -> Job? {
        try await change(JobChange(lease, .extend(timeout: timeout.milliseconds)))
    }

    /// Gives a job back unfinished.
    /// - Parameter delay: after which it can be claimed by type again; nil: at once. A service that
    ///   does not know this gives it back at once.
    public func abort(_ lease: LeaseReference, delay: Duration? = nil) async throws -> Job? {
        try await change(JobChange(lease, .abort(delay: delay?.milliseconds)))
    }

    /// Completes a job.
    public func complete(_ lease: LeaseReference) async throws -> Job? {
        try await change(JobChange(lease, .complete))
    }
}
