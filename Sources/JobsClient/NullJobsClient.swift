/// A client without a service: it accepts every call, keeps no jobs and never hands out a job.
public struct NullJobsClient: JobsClient {
    /// Creates a client without a service.
    public init() {}

    /// Returns the job that a service would have added, and does not keep it.
    public func add(_ newJob: NewJob) async throws -> Job {
        var ids = JobIDGenerator()
        let now = Timestamp.now()
        return Job(newJob, id: ids.next(at: now), at: now)
    }

    public func addUnique(_ newJob: NewJob) async throws -> Job { try await add(newJob) }

    public func list(_ filter: JobFilter, _ paging: Paging) async throws -> JobPage {
        JobPage(jobs: [], total: paging.wantsTotal ? 0 : nil)
    }

    /// Returns `nil`, since no job exists.
    public func get(_ id: JobID) async throws -> Job? { nil }

    public func start(_ start: Start) async throws -> ClaimedJob? { nil }

    /// Waits for `waitTimeout` and returns no job.
    public func claim(_ claim: Claim, waitTimeout: Duration) async throws -> [ClaimedJob] {
        try await Task.sleep(for: waitTimeout)
        return []
    }

    public func change(_ changes: [JobChange]) async throws -> [Result<Job?, JobsClientError>] {
        changes.map { _ in .success(nil) }
    }

    public func replay(_ request: ReplayRequest) async throws -> ReplayedJobs { ReplayedJobs() }

    /// Returns no groups, since no job exists.
    public func errors(_ query: ErrorQuery) async throws -> ErrorGroups { ErrorGroups() }

    /// Returns an operation that has no jobs.
    public func start(_ request: OperationRequest) async throws -> BulkOperation {
        var operation = BulkOperation(request.action, request.filter, at: .now())
        operation.isDryRun = request.isDryRun
        operation.state = .done
        operation.ended = operation.created
        return operation
    }

    public func operations(_ query: OperationQuery) async throws -> [BulkOperation] { [] }

    /// Returns `nil`, since no operation is kept.
    public func operation(_ id: String) async throws -> BulkOperation? { nil }

    public func cancelOperation(_ id: String) async throws -> BulkOperation? { nil }

    public func audit(_ query: AuditQuery) async throws -> [AuditEntry] { [] }

    /// Returns the schedule that a service would have kept, without the times of its firings.
    public func set(_ schedule: Schedule) async throws -> Schedule { schedule }

    public func schedules(_ paging: Paging) async throws -> SchedulePage {
        SchedulePage(schedules: [], total: paging.wantsTotal ? 0 : nil)
    }

    /// Returns `nil`, since no schedule exists.
    public func schedule(_ id: String) async throws -> Schedule? { nil }

    public func deleteSchedule(_ id: String) async throws -> Schedule? { nil }

    public func runSchedule(_ id: String) async throws -> Job? { nil }

    public func delete(_ id: JobID) async throws -> Job? { nil }

    public func deleteAll() async throws {}

    public func clean() async throws {}

    /// Returns `nil`, since no job exists.
    public func explain(_ id: JobID) async throws -> JobExplanation? { nil }

    public func types(_ query: TypeQuery) async throws -> TypePage {
        TypePage(types: [], total: query.wantsTotal ? 0 : nil)
    }

    /// Returns the type as a service would have paused it, and does not keep that.
    public func pause(type: String, reason: String?, until: Timestamp?) async throws -> TypeStatus {
        var status = TypeStatus(type: type)
        status.pause = TypePause(reason: reason, since: .now(), until: until)
        return status
    }

    public func resume(type: String) async throws -> TypeStatus { TypeStatus(type: type) }

    /// Returns the type as a service would have changed it, and does not keep that.
    public func set(type: String, _ change: TypeChange) async throws -> TypeStatus {
        var status = TypeStatus(type: type)
        status.settings = TypeSettings().applying(change)
        return status
    }

    /// Returns the jobs that a service would have added, and does not keep them.
    public func add(_ newJobs: [NewJob]) async throws -> [Result<Job, JobsClientError>] {
        var jobs: [Result<Job, JobsClientError>] = []
        for newJob in newJobs { jobs.append(.success(try await add(newJob))) }
        return jobs
    }
}
