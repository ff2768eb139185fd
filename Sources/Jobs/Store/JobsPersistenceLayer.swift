/// A store on top of another store. The methods that it does not implement call the store below.
public protocol JobsPersistenceLayer: JobsPersistence {
    /// The store below this layer.
    var base: any JobsPersistence { get }
}

extension JobsPersistenceLayer {
    /// The records of the store below.
    public var records: any JobsRecords { base.records }

    /// Counts the jobs of the store below.
    public func census(maxRetries: Int, of type: String?) async throws -> [ExactText: JobCounts] {
        try await base.census(maxRetries: maxRetries, of: type)
    }

    /// Counts the jobs of the store below that claims get before another one.
    public func countAhead(of job: Job, maxRetries: Int, limit: Int) async throws -> Int {
        try await base.countAhead(of: job, maxRetries: maxRetries, limit: limit)
    }

    public func add(_ newJobs: [NewJob]) async throws -> [Result<Job, JobsError>] {
        try await base.add(newJobs)
    }

    public func add(_ addition: RecordedAddition) async throws -> RecordedJobs? {
        try await base.add(addition)
    }

    public func addUnique(_ newJob: NewJob) async throws -> Job {
        try await base.addUnique(newJob)
    }

    public func list(_ filter: JobFilter, _ paging: Paging) async throws -> JobPage {
        try await base.list(filter, paging)
    }

    public func errors(_ query: ErrorQuery) async throws -> ErrorGroups {
        try await base.errors(query)
    }

    /// Returns a job from the store below, or `nil` if no job has this id.
    public func get(_ id: JobID) async throws -> Job? {
        try await base.get(id)
    }

    public func types(of ids: Set<JobID>) async throws -> [JobID: String] {
        try await base.types(of: ids)
    }

    public func now() async throws -> Timestamp {
        try await base.now()
    }

    public func start(_ start: Start) async throws -> StartedJob? {
        try await base.start(start)
    }

    public func claim(_ claim: Claim) async throws -> [StartedJob] {
        try await base.claim(claim)
    }

    public func served(_ requests: Set<ExactText>, type: String) async throws
        -> [ExactText: [StartedJob]]
    {
        try await base.served(requests, type: type)
    }

    public func change(_ changes: [JobChange]) async throws -> [Result<Job?, JobsError>] {
        try await base.change(changes)
    }

    public func slice(_ filter: JobFilter, after id: JobID?, examining limit: Int) async throws
        -> JobSlice
    {
        try await base.slice(filter, after: id, examining: limit)
    }

    public func treat(_ batch: JobBatch) async throws -> BatchOutcome {
        try await base.treat(batch)
    }

    public func nextAvailability(of type: String) async throws -> Int64? {
        try await base.nextAvailability(of: type)
    }

    /// Returns the times of the last starts of a type from the store below.
    public func recentStarts(of type: String) async throws -> StartTimes {
        try await base.recentStarts(of: type)
    }

    public func delete(_ id: JobID) async throws -> Job? {
        try await base.delete(id)
    }

    @discardableResult
    public func deleteAll() async throws -> Int {
        try await base.deleteAll()
    }

    @discardableResult
    public func clean(_ cleaning: Cleaning) async throws -> CleanedJobs {
        try await base.clean(cleaning)
    }

    /// Cleans the store below, unless another process is cleaning it at the moment.
    public func cleanInTurn(_ cleaning: Cleaning) async throws -> CleanedJobs? {
        try await base.cleanInTurn(cleaning)
    }
}
