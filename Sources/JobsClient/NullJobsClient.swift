/// A client of nobody: takes everything, keeps nothing, and never has a job to hand out.
public struct NullJobsClient: JobsClient {
    public init() {}

    /// The job that a service would have made.
    public func add(_ newJob: NewJob) async throws -> Job {
        var ids = JobIDGenerator()
        let now = Timestamp.now()
        return Job(newJob, id: ids.next(at: now), at: now)
    }

    public func addUnique(_ newJob: NewJob) async throws -> Job { try await add(newJob) }

    public func list(_ filter: JobFilter, _ paging: Paging) async throws -> JobPage {
        JobPage(jobs: [], total: paging.wantsTotal ? 0 : nil)
    }

    public func get(_ id: JobID) async throws -> Job? { nil }

    public func start(_ id: JobID, timeout: Duration) async throws -> ClaimedJob? { nil }

    /// Waits as long as it may for the job that never comes.
    public func claim(_ claim: Claim, waitTimeout: Duration) async throws -> [ClaimedJob] {
        try await Task.sleep(for: waitTimeout)
        return []
    }

    public func change(_ changes: [JobChange]) async throws -> [Result<Job?, JobsClientError>] {
        changes.map { _ in .success(nil) }
    }

    public func delete(_ id: JobID) async throws -> Job? { nil }

    public func deleteAll() async throws {}

    public func clean() async throws {}

    public func add(_ newJobs: [NewJob]) async throws -> [Result<Job, JobsClientError>] {
        var jobs: [Result<Job, JobsClientError>] = []
        for newJob in newJobs { jobs.append(.success(try await add(newJob))) }
        return jobs
    }
}
