import JSON
import Jobs

/// A store in which everything fails.
struct FailingPersistence: JobsPersistence {
    let error: any Error
    var records: any JobsRecords { FailingRecords(error: error) }

    /// The failure of one item of a call with several results.
    private func result<Value>() throws -> [Result<Value, JobsError>] {
        guard let error = error as? JobsError else { throw error }
        return [.failure(error)]
    }

    func census(maxRetries: Int, of type: String?) async throws -> [ExactText: JobCounts] {
        throw error
    }
    func countAhead(of job: Job, maxRetries: Int, limit: Int) async throws -> Int { throw error }
    func add(_ newJobs: [NewJob]) async throws -> [Result<Job, JobsError>] { try result() }
    func add(_ addition: RecordedAddition) async throws -> RecordedJobs? { throw error }
    func addUnique(_ newJob: NewJob) async throws -> Job { throw error }
    func list(_ filter: JobFilter, _ paging: Paging) async throws -> JobPage { throw error }
    func errors(_ query: ErrorQuery) async throws -> ErrorGroups { throw error }

    func get(_ id: JobID) async throws -> Job? { throw error }
    func types(of ids: Set<JobID>) async throws -> [JobID: String] { throw error }
    func now() async throws -> Timestamp { throw error }
    func start(_ start: Start) async throws -> StartedJob? { throw error }
    func claim(_ claim: Claim) async throws -> [StartedJob] { throw error }
    func served(_ requests: Set<ExactText>, type: String) async throws
        -> [ExactText: [StartedJob]]
    { throw error }
    func change(_ changes: [JobChange]) async throws -> [Result<Job?, JobsError>] {
        try result()
    }
    func slice(_ filter: JobFilter, after id: JobID?, examining limit: Int) async throws -> JobSlice
    { throw error }
    func treat(_ batch: JobBatch) async throws -> BatchOutcome { throw error }
    func nextAvailability(of type: String) async throws -> Int64? { throw error }
    func delete(_ id: JobID) async throws -> Job? { throw error }
    func deleteAll() async throws -> Int { throw error }
    func clean(_ cleaning: Cleaning) async throws -> CleanedJobs { throw error }
}

private struct FailingRecords: JobsRecords {
    let error: any Error

    func records(of kind: RecordKind) async throws -> [Record] { throw error }
    func record(_ kind: RecordKind, _ key: String) async throws -> Record? { throw error }
    func write(_ kind: RecordKind, _ key: String, _ value: JSONText, over version: Int64?)
        async throws -> Record?
    { throw error }
    func remove(_ kind: RecordKind, _ key: String, over version: Int64) async throws -> Bool {
        throw error
    }
}
