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
        try await domain { try await controller.addUnique(newJob) }
    }

    public func list(_ filter: JobFilter, _ paging: Paging) async throws -> JobPage {
        try await domain { try await controller.list(filter, paging) }
    }

    /// Returns a job, or `nil` if no job has this id.
    public func get(_ id: JobID) async throws -> Job? {
        try await domain { try await controller.get(id) }
    }

    /// Returns a page of the matching jobs, with the state of each job at the time of the store.
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

    /// Returns a job with its state at the time of the store, or `nil` if no job has this id.
    public func details(of id: JobID) async throws -> DetailedJob? {
        try await domain {
            guard let job = try await controller.get(id) else { return nil }
            return DetailedJob(
                job, at: try await controller.now(), maxRetries: controller.options.maxRetries)
        }
    }

    public func start(_ id: JobID, timeout: Duration) async throws -> ClaimedJob? {
        try await domain {
            try await controller.start(Start(id, timeout: timeout.milliseconds))
                .map(ClaimedJob.init)
        }
    }

    public func claim(_ claim: Claim, waitTimeout: Duration) async throws -> [ClaimedJob] {
        var claim = claim
        claim.limit = min(claim.limit, 1000)
        let (asked, wait) = (claim, ClaimWait(milliseconds: waitTimeout.milliseconds))
        return try await domain { try await controller.claim(asked, wait).map(ClaimedJob.init) }
    }

    public func change(_ changes: [JobChange]) async throws -> [Result<Job?, JobsClientError>] {
        try await domain { try await controller.change(changes) }
            .map { $0.mapError { .init($0) } }
    }

    public func delete(_ id: JobID) async throws -> Job? {
        try await domain { try await controller.delete(id) }
    }

    public func deleteAll() async throws {
        _ = try await domain { try await controller.deleteAll() }
    }

    public func clean() async throws {
        _ = try await domain { try await controller.clean() }
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
        self.init(job: started.job, lockToken: started.lockToken)
    }
}
