/// A client on top of another client, for example to record calls or to limit them. The methods
/// that it does not implement call the client below.
public protocol JobsClientLayer: JobsClient {
    /// The client below this layer.
    var base: any JobsClient { get }
}

extension JobsClientLayer {
    public func add(_ newJob: NewJob) async throws -> Job { try await base.add(newJob) }

    public func add(_ newJobs: [NewJob]) async throws -> [Result<Job, JobsClientError>] {
        try await base.add(newJobs)
    }

    public func addUnique(_ newJob: NewJob) async throws -> Job {
        try await base.addUnique(newJob)
    }

    public func list(_ filter: JobFilter, _ paging: Paging) async throws -> JobPage {
        try await base.list(filter, paging)
    }

    public func get(_ id: JobID) async throws -> Job? { try await base.get(id) }

    /// Returns a page of the client below, with attempts and states.
    public func listDetails(_ filter: JobFilter, _ paging: Paging) async throws
        -> DetailedJobPage
    {
        try await base.listDetails(filter, paging)
    }

    /// Returns a job of the client below with its attempts and its state, or `nil` if no job has
    /// this id.
    public func details(of id: JobID) async throws -> DetailedJob? {
        try await base.details(of: id)
    }

    public func start(_ start: Start) async throws -> ClaimedJob? { try await base.start(start) }

    public func claim(_ claim: Claim, waitTimeout: Duration) async throws -> [ClaimedJob] {
        try await base.claim(claim, waitTimeout: waitTimeout)
    }

    public func change(_ changes: [JobChange]) async throws -> [Result<Job?, JobsClientError>] {
        try await base.change(changes)
    }

    public func replay(_ request: ReplayRequest) async throws -> ReplayedJobs {
        try await base.replay(request)
    }

    public func errors(_ query: ErrorQuery) async throws -> ErrorGroups {
        try await base.errors(query)
    }

    public func start(_ request: OperationRequest) async throws -> BulkOperation {
        try await base.start(request)
    }

    public func operations(_ query: OperationQuery) async throws -> [BulkOperation] {
        try await base.operations(query)
    }

    public func operation(_ id: String) async throws -> BulkOperation? {
        try await base.operation(id)
    }

    public func cancelOperation(_ id: String) async throws -> BulkOperation? {
        try await base.cancelOperation(id)
    }

    public func audit(_ query: AuditQuery) async throws -> [AuditEntry] {
        try await base.audit(query)
    }

    public func set(_ schedule: Schedule) async throws -> Schedule { try await base.set(schedule) }

    public func schedules(_ paging: Paging) async throws -> SchedulePage {
        try await base.schedules(paging)
    }

    public func schedule(_ id: String) async throws -> Schedule? { try await base.schedule(id) }

    public func deleteSchedule(_ id: String) async throws -> Schedule? {
        try await base.deleteSchedule(id)
    }

    public func runSchedule(_ id: String) async throws -> Job? { try await base.runSchedule(id) }

    public func explain(_ id: JobID) async throws -> JobExplanation? {
        try await base.explain(id)
    }

    public func delete(_ id: JobID) async throws -> Job? { try await base.delete(id) }

    public func deleteAll() async throws { try await base.deleteAll() }

    public func clean() async throws { try await base.clean() }

    public func types(_ query: TypeQuery) async throws -> TypePage { try await base.types(query) }

    public func pause(type: String, reason: String?, until: Timestamp?) async throws -> TypeStatus {
        try await base.pause(type: type, reason: reason, until: until)
    }

    public func resume(type: String) async throws -> TypeStatus {
        try await base.resume(type: type)
    }

    public func set(type: String, _ change: TypeChange) async throws -> TypeStatus {
        try await base.set(type: type, change)
    }
}
