import Jobs

/// A store in which everything fails.
struct FailingPersistence: JobsPersistence {
    let error: any Error

    /// The failure of one argument, where the store answers for each of several.
    private func result<Value>() throws -> [Result<Value, JobsError>] {
        guard let error = error as? JobsError else { throw error }
        return [.failure(error)]
    }

    func add(_ newJobs: [NewJob]) async throws -> [Result<Job, JobsError>] { try result() }
    func addUnique(_ newJob: NewJob) async throws -> Job { throw error }
    func list(_ filter: JobFilter, _ paging: Paging) async throws -> JobPage { throw error }
    func get(_ id: JobID) async throws -> Job? { throw error }
    func types(of ids: Set<JobID>) async throws -> [JobID: String] { throw error }
    func now() async throws -> Timestamp { throw error }
    func start(_ id: JobID, timeout: Int64) async throws -> StartedJob? { throw error }
    func start(type: String, timeout: Int64, maxRetries: Int, limit: Int) async throws
        -> [StartedJob]
    { throw error }
    func release(_ started: [StartedJob]) async throws { throw error }
    func nextAvailability(of type: String) async throws -> Int64? { throw error }
    func extend(_ extensions: [LeaseExtension]) async throws -> [Result<Job?, JobsError>] {
        try result()
    }
    func abort(_ aborts: [LeaseAbort]) async throws -> [Result<Job?, JobsError>] {
        try result()
    }
    func complete(_ leases: [LeaseReference]) async throws -> [Result<Job?, JobsError>] {
        try result()
    }
    func delete(_ id: JobID) async throws -> Job? { throw error }
    func deleteAll() async throws -> Int { throw error }
    func clean(maxRetries: Int) async throws -> CleanedJobs { throw error }
}
