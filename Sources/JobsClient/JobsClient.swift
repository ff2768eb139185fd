/// The operations of a jobs service, over HTTP or in this process.
///
/// A missing job is not an error: if the job does not exist, or no job can be handed out, the
/// result is `nil`. Every other failure throws ``JobsClientError``, which tells whether it helps to
/// try again: of the kind ``JobsClientError/Kind/unavailable`` if nothing was done and another call
/// may succeed, and ``JobsClientError/Kind/outcomeUnknown`` if the call may have been carried out.
/// In a cancelled task, a call throws `CancellationError`. Durations are sent in whole
/// milliseconds.
///
/// A method that takes several items returns a result for each, in order. The number of items has
/// no limit: the client sends as many requests as necessary. The method throws only if nothing was
/// done.
public protocol JobsClient: Sendable {
    /// Adds a job.
    ///
    /// - Parameter newJob: The job. If its request id has added a job before, that job is returned.
    /// - Returns: The added job, with its id.
    /// - Throws: ``JobsClientError``, of the kind ``JobsClientError/Kind/refused`` if the job
    ///   exceeds a limit, or if its request id has added a job with another reference;
    ///   `CancellationError`.
    func add(_ newJob: NewJob) async throws -> Job

    /// Adds a job unless a job of the same type and reference exists that has neither ended nor
    /// expired.
    ///
    /// - Parameter newJob: The job. If its request id has added a job before, that job is returned.
    /// - Returns: The added job, or the oldest existing one.
    /// - Throws: ``JobsClientError``, of the kind ``JobsClientError/Kind/refused`` if the job
    ///   exceeds a limit, or if its request id has added a job with another reference;
    ///   `CancellationError`.
    func addUnique(_ newJob: NewJob) async throws -> Job

    /// Returns a page of the matching jobs, in the order of creation, or in descending order.
    ///
    /// The jobs have no `Job.attempts`; see ``listDetails(_:_:)``.
    ///
    /// - Parameters:
    ///   - filter: The conditions on the jobs.
    ///   - paging: The part of the list. The service limits the size of a page, 1,000 jobs by
    ///     default.
    /// - Throws: ``JobsClientError``, of the kind ``JobsClientError/Kind/unavailable`` if the list
    ///   took too long: then the filter needs a condition that has an index. `CancellationError`.
    func list(_ filter: JobFilter, _ paging: Paging) async throws -> JobPage

    /// Returns a job, or `nil` if no job has this id.
    ///
    /// The job has no `Job.attempts`; see ``details(of:)``.
    ///
    /// - Throws: ``JobsClientError``; `CancellationError`.
    func get(_ id: JobID) async throws -> Job?

    /// Returns a page of the matching jobs, with the attempts of each job and its state as judged
    /// by the service.
    ///
    /// - Throws: ``JobsClientError``, as ``list(_:_:)``; `CancellationError`.
    func listDetails(_ filter: JobFilter, _ paging: Paging) async throws -> DetailedJobPage

    /// Returns a job with its attempts and its state as judged by the service, or `nil` if no job
    /// has this id.
    ///
    /// - Throws: ``JobsClientError``; `CancellationError`.
    func details(of id: JobID) async throws -> DetailedJob?

    /// Starts a job by its id, also during its delay.
    ///
    /// - Parameter start: The id of the job and the duration of the lease.
    /// - Returns: The started job; `nil` if the job does not exist, has ended or expired, or is
    ///   under a live lease.
    /// - Throws: ``JobsClientError``; `CancellationError`.
    func start(_ start: Start) async throws -> ClaimedJob?

    /// Starts jobs of a type, up to the limit of the claim. Jobs with a higher priority come first,
    /// then older ones.
    ///
    /// - Parameters:
    ///   - claim: The type, the duration of the leases and the limits.
    ///   - waitTimeout: How long the service may hold the request until there is a job, at most a
    ///     minute. A service that does not know waits answers at once.
    /// - Returns: The started jobs; empty if there are none.
    /// - Throws: ``JobsClientError``, of the kind ``JobsClientError/Kind/unavailable`` if too many
    ///   claims wait; `CancellationError`.
    func claim(_ claim: Claim, waitTimeout: Duration) async throws -> [ClaimedJob]

    /// Changes jobs, one after the other.
    ///
    /// - Parameter changes: The changes, in order. Several of them may be of the same job.
    /// - Returns: For each change the job after it, which is unchanged if the act does not apply;
    ///   `nil` if the job does not exist; an error of the kind ``JobsClientError/Kind/lockLost`` if
    ///   the token is not that of the last lease, and of the kind ``JobsClientError/Kind/refused``
    ///   if a replay does not apply.
    /// - Throws: ``JobsClientError`` if nothing was done; `CancellationError`.
    func change(_ changes: [JobChange]) async throws -> [Result<Job?, JobsClientError>]

    /// Makes jobs claimable again that have failed, were cancelled, or are exhausted or expired.
    ///
    /// Other jobs are left unchanged, and so are jobs past their deadline unless the replay has a
    /// new time to live. A call that fails midway has replayed some of the jobs.
    ///
    /// - Parameter request: The jobs, by at most 1,000 ids, by a filter with a condition or by
    ///   both, and how they are replayed.
    /// - Returns: The replayed jobs, or with a dry run the ones that would be. After a repeated
    ///   request, the jobs that an earlier attempt has replayed are not among them.
    /// - Throws: ``JobsClientError``; some jobs may have been replayed. It is of the kind
    ///   ``JobsClientError/Kind/refused`` for neither ids nor a condition. `CancellationError`.
    func replay(_ request: ReplayRequest) async throws -> ReplayedJobs

    /// Returns the groups of the jobs whose last attempts failed, by the keys of their errors:
    /// those with the most jobs first.
    ///
    /// They have failed for good, or are tried again. A job that is completed, cancelled or
    /// replayed is not among them.
    ///
    /// - Throws: ``JobsClientError``; `CancellationError`.
    func errors(_ query: ErrorQuery) async throws -> ErrorGroups

    // MARK: Bulk operations

    /// Starts an operation: the service applies one action to all jobs that match a filter, and
    /// continues after the caller has disconnected. With a dry run, the jobs are only counted.
    ///
    /// In this process, a task has to run `OperationRunner`.
    ///
    /// - Parameter request: The action, and a filter with at least one condition.
    /// - Returns: The operation, which waits.
    /// - Throws: ``JobsClientError``, of the kind ``JobsClientError/Kind/refused`` if the caller
    ///   may not do this or an argument is out of range, and ``JobsClientError/Kind/unavailable``
    ///   if too many operations have not ended; `CancellationError`.
    func start(_ request: OperationRequest) async throws -> BulkOperation

    /// Returns the operations of the last week, the newest first.
    ///
    /// - Throws: ``JobsClientError``; `CancellationError`.
    func operations(_ query: OperationQuery) async throws -> [BulkOperation]

    /// Returns an operation, or `nil` if there is none with this id.
    ///
    /// - Throws: ``JobsClientError``; `CancellationError`.
    func operation(_ id: String) async throws -> BulkOperation?

    /// Cancels an operation, which ends with the batch that is under way.
    ///
    /// - Returns: The operation, unchanged if it has ended before; `nil` if there is none.
    /// - Throws: ``JobsClientError``; `CancellationError`.
    func cancelOperation(_ id: String) async throws -> BulkOperation?

    /// Returns the entries of the audit, the newest first: the acts of operators and administrators
    /// in the last 30 days.
    ///
    /// - Throws: ``JobsClientError``; `CancellationError`.
    func audit(_ query: AuditQuery) async throws -> [AuditEntry]

    /// Sets a schedule, in place of the one with the same id.
    ///
    /// The history stays, unless the times at which the schedule fires change. The members that
    /// show the history are not sent.
    ///
    /// - Parameter schedule: The schedule, with either `cron` or `every`.
    /// - Returns: The schedule as it is now.
    /// - Throws: ``JobsClientError``, of the kind ``JobsClientError/Kind/refused`` if a field
    ///   cannot be used, which the message names; `CancellationError`.
    func set(_ schedule: Schedule) async throws -> Schedule

    /// Returns a page of the schedules, in the order of their ids.
    ///
    /// - Throws: ``JobsClientError``; `CancellationError`.
    func schedules(_ paging: Paging) async throws -> SchedulePage

    /// Returns a schedule, or `nil` if there is none with this id.
    ///
    /// - Throws: ``JobsClientError``; `CancellationError`.
    func schedule(_ id: String) async throws -> Schedule?

    /// Removes a schedule. Its jobs stay.
    ///
    /// - Returns: The schedule before its removal; `nil` if it does not exist.
    /// - Throws: ``JobsClientError``; `CancellationError`.
    func deleteSchedule(_ id: String) async throws -> Schedule?

    /// Adds the job of a schedule at once, also if the schedule is paused.
    ///
    /// - Returns: The job; `nil` if there is no such schedule.
    /// - Throws: ``JobsClientError``, after which a repeated call may add a second job;
    ///   `CancellationError`.
    func runSchedule(_ id: String) async throws -> Job?

    /// Returns why a job is not running, or which worker holds it; `nil` if no job has this id.
    ///
    /// - Throws: ``JobsClientError``; `CancellationError`.
    func explain(_ id: JobID) async throws -> JobExplanation?

    /// Removes a job, regardless of its state.
    ///
    /// - Returns: The job before its removal; `nil` if it does not exist.
    /// - Throws: ``JobsClientError``; `CancellationError`.
    func delete(_ id: JobID) async throws -> Job?

    /// Removes all jobs.
    ///
    /// - Throws: ``JobsClientError``; some jobs may have been removed. It is of the kind
    ///   ``JobsClientError/Kind/refused`` if the service does not allow this. `CancellationError`.
    func deleteAll() async throws

    /// Removes the jobs that have ended or expired and whose retention has passed, and those that
    /// were started more often than the limit allows.
    ///
    /// - Throws: ``JobsClientError``; some jobs may have been removed. `CancellationError`.
    func clean() async throws

    // MARK: Types of jobs

    /// Returns the status of the types that have jobs or settings, or were asked for by a worker
    /// within the last hour.
    ///
    /// - Throws: ``JobsClientError``; `CancellationError`.
    func types(_ query: TypeQuery) async throws -> TypePage

    /// Pauses a type of jobs: claims by type find nothing, on all instances of the service. Claims
    /// that wait go on waiting.
    ///
    /// - Parameters:
    ///   - type: The type; `TypePause.allTypes` for all types.
    ///   - reason: Why, at most `TypePause.maximumReasonLength` Unicode scalars; `nil` for none.
    ///   - until: When the pause ends by itself, by the clock of the service; `nil` if it lasts
    ///     until it is ended.
    /// - Returns: The type after the change.
    /// - Throws: ``JobsClientError``, of the kind ``JobsClientError/Kind/refused`` if the end is
    ///   not in the future; `CancellationError`.
    func pause(type: String, reason: String?, until: Timestamp?) async throws -> TypeStatus

    /// Ends the pause of a type of jobs, or with `TypePause.allTypes` that of all types.
    ///
    /// - Returns: The type after the change.
    /// - Throws: ``JobsClientError``; `CancellationError`.
    func resume(type: String) async throws -> TypeStatus

    /// Changes the settings of a type of jobs, whether or not it has jobs.
    ///
    /// - Parameters:
    ///   - type: The type. It cannot be `TypePause.allTypes`.
    ///   - change: The settings to change. The others stay.
    /// - Returns: The type after the change.
    /// - Throws: ``JobsClientError``, of the kind ``JobsClientError/Kind/refused`` if a value is
    ///   out of range; `CancellationError`.
    func set(type: String, _ change: TypeChange) async throws -> TypeStatus

    // MARK: Many at once

    /// Adds several jobs.
    ///
    /// - Parameter newJobs: The jobs. A job whose request id has added a job before is not added
    ///   again.
    /// - Returns: The added job, or the error, for each of `newJobs`, in order.
    /// - Throws: ``JobsClientError`` if nothing was done; `CancellationError`.
    func add(_ newJobs: [NewJob]) async throws -> [Result<Job, JobsClientError>]
}

extension JobsClient {
    /// Returns the first page of the matching jobs, in the order of creation.
    ///
    /// - Throws: ``JobsClientError``, as ``list(_:_:)``; `CancellationError`.
    public func list(_ filter: JobFilter = JobFilter()) async throws -> JobPage {
        try await list(filter, Paging())
    }

    /// Returns the jobs of ``list(_:_:)`` without states, for clients that do not know states.
    ///
    /// - Throws: ``JobsClientError``; `CancellationError`.
    public func listDetails(_ filter: JobFilter, _ paging: Paging) async throws
        -> DetailedJobPage
    {
        let page = try await list(filter, paging)
        return DetailedJobPage(jobs: page.jobs.map { DetailedJob(job: $0) }, total: page.total)
    }

    /// Returns the job of ``get(_:)`` without its state, for clients that do not know states.
    ///
    /// - Throws: ``JobsClientError``; `CancellationError`.
    public func details(of id: JobID) async throws -> DetailedJob? {
        try await get(id).map { DetailedJob(job: $0) }
    }
}
