public import JobsEngine

/// A client that calls a controller in this process, without HTTP.
public protocol ControllerClient: JobsClient {
    /// The controller that carries out the calls.
    var controller: JobsController { get }
}

/// A client of any store in this process, for tools and tests.
public struct DirectJobsClient: ControllerClient {
    /// The controller that carries out the calls.
    public let controller: JobsController

    /// Creates a client of a controller.
    public init(_ controller: JobsController) {
        self.controller = controller
    }
}

extension ControllerClient {
    public func add(_ newJob: NewJob) async throws -> Job {
        try await domain { try await controller.add(newJob) }
    }

    public func addUnique(_ newJob: NewJob) async throws -> Job {
        try await domain { try await controller.addUnique(newJob).plain }
    }

    public func list(_ filter: JobFilter, _ paging: Paging) async throws -> JobPage {
        try await domain {
            var page = try await controller.list(filter, paging)
            page.jobs = page.jobs.map(\.plain)
            return page
        }
    }

    /// Returns a job, or `nil` if no job has this id.
    public func get(_ id: JobID) async throws -> Job? {
        try await domain { try await controller.get(id)?.plain }
    }

    /// Returns a page of the matching jobs, with the attempts of each job and its state at the
    /// time of the store.
    public func listDetails(_ filter: JobFilter, _ paging: Paging) async throws
        -> DetailedJobPage
    {
        try await domain {
            let page = try await controller.list(filter, paging)
            let (now, limit) = (try await controller.now(), controller.options.maxRetries)
            return DetailedJobPage(
                jobs: page.jobs.map { DetailedJob($0, at: now, maxRetries: limit) },
                total: page.total)
        }
    }

    /// Returns a job with its attempts and its state at the time of the store, or `nil` if no job
    /// has this id.
    public func details(of id: JobID) async throws -> DetailedJob? {
        try await domain {
            guard let job = try await controller.get(id) else { return nil }
            return DetailedJob(
                job, at: try await controller.now(), maxRetries: controller.options.maxRetries)
        }
    }

    public func start(_ start: Start) async throws -> ClaimedJob? {
        try await domain { try await controller.start(start).map(ClaimedJob.init) }
    }

    public func claim(_ claim: Claim, waitTimeout: Duration) async throws -> [ClaimedJob] {
        var claim = claim
        claim.limit = min(claim.limit, 1000)
        let (asked, wait) = (claim, ClaimWait(milliseconds: waitTimeout.milliseconds))
        return try await domain { try await controller.claim(asked, wait).map(ClaimedJob.init) }
    }

    public func change(_ changes: [JobChange]) async throws -> [Result<Job?, JobsClientError>] {
        try await domain { try await controller.change(changes) }
            .map { $0.map { $0?.plain }.mapError { .init($0) } }
    }

    public func replay(_ request: ReplayRequest) async throws -> ReplayedJobs {
        try await domain {
            try request.check()
            return try await controller.replay(request)
        }
    }

    public func errors(_ query: ErrorQuery) async throws -> ErrorGroups {
        try await domain { try await controller.errors(query) }
    }

    public func start(_ request: OperationRequest) async throws -> BulkOperation {
        try await domain { try await controller.start(request) }
    }

    public func operations(_ query: OperationQuery) async throws -> [BulkOperation] {
        try await domain { try await controller.operations(query) }
    }

    /// Returns an operation, or `nil` if there is none with this id.
    public func operation(_ id: String) async throws -> BulkOperation? {
        try await domain { try await controller.operation(id) }
    }

    public func cancelOperation(_ id: String) async throws -> BulkOperation? {
        try await domain { try await controller.cancelOperation(id) }
    }

    public func audit(_ query: AuditQuery) async throws -> [AuditEntry] {
        try await domain { try await controller.audit(query) }
    }

    public func set(_ schedule: Schedule) async throws -> Schedule {
        try await domain { try await controller.setSchedule(schedule) }
    }

    public func schedules(_ paging: Paging) async throws -> SchedulePage {
        try await domain { try await controller.schedules(paging) }
    }

    /// Returns a schedule, or `nil` if there is none with this id.
    public func schedule(_ id: String) async throws -> Schedule? {
        try await domain { try await controller.schedule(id) }
    }

    public func deleteSchedule(_ id: String) async throws -> Schedule? {
        try await domain { try await controller.deleteSchedule(id) }
    }

    public func runSchedule(_ id: String) async throws -> Job? {
        try await domain { try await controller.runSchedule(id) }
    }

    public func delete(_ id: JobID) async throws -> Job? {
        try await domain { try await controller.delete(id)?.plain }
    }

    public func deleteAll() async throws {
        _ = try await domain { try await controller.deleteAll() }
    }

    public func clean() async throws {
        _ = try await domain { try await controller.clean() }
    }

    public func explain(_ id: JobID) async throws -> JobExplanation? {
        try await domain {
            try await controller.explain(id)
        }
    }

    public func types(_ query: TypeQuery) async throws -> TypePage {
        try await domain { try await controller.types(query) }
    }

    public func pause(type: String, reason: String?, until: Timestamp?) async throws -> TypeStatus {
        try await domain {
            try await controller.pause(type, reason: reason, until: until)
            return try await controller.status(of: type)
        }
    }

    public func resume(type: String) async throws -> TypeStatus {
        try await domain {
            try await controller.resume(type)
            return try await controller.status(of: type)
        }
    }

    public func set(type: String, _ change: TypeChange) async throws -> TypeStatus {
        try await domain {
            try await controller.set(type, change)
            return try await controller.status(of: type)
        }
    }

    /// Adds several jobs.
    ///
    /// - Returns: The added job, or the error, for each of `newJobs`, in order.
    public func add(_ newJobs: [NewJob]) async throws -> [Result<Job, JobsClientError>] {
        try await domain { try await controller.add(newJobs) }.map { $0.mapError { .init($0) } }
    }

    /// Converts the errors of the store into errors of the client.
    private func domain<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as JobsError {
            throw JobsClientError(error)
        }
    }
}

extension ClaimedJob {
    init(_ started: StartedJob) {
        self.init(job: started.job.plain, lockToken: started.lockToken)
    }
}

extension Job {
    /// The job without what only details show, as it is over HTTP.
    fileprivate var plain: Job {
        guard !attempts.isEmpty || errorKey != nil else { return self }
        var job = self
        job.attempts = []
        job.errorKey = nil
        return job
    }
}

extension ReplayRequest {
    /// - Throws: `JobsError.refused` for a request that a service refuses.
    fileprivate func check() throws(JobsError) {
        guard ids != nil || filter != nil else {
            throw .refused(reason: "job_ids or filter must be set")
        }
        guard filter != JobFilter() else {
            throw .refused(reason: "filter must have at least one condition")
        }
        guard (ids?.count ?? 0) <= Self.maximumJobs, 1...Self.maximumJobs ~= maxJobs else {
            throw .refused(reason: "job_ids and max_jobs are limited to \(Self.maximumJobs)")
        }
    }
}
