public import JobsEngine

/// A client that calls the service's own code, in this process.
public protocol ControllerClient: JobsClient {
    var controller: JobsController { get }
}

/// A client of a store in this process, without a service: for tools, and for tests of both.
public struct DirectJobsClient: ControllerClient {
    public let controller: JobsController

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

    public func get(_ id: JobID) async throws -> Job? {
        try await domain { try await controller.get(id) }
    }

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

    public func add(_ newJobs: [NewJob]) async throws -> [Result<Job, JobsClientError>] {
        try await domain { try await controller.add(newJobs) }.map { $0.mapError { .init($0) } }
    }

    /// Turns what stores throw into what clients throw.
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
