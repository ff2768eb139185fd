public import Jobs

/// A store over another one, in which every call but those on records is a step.
public protocol SteppedPersistence: JobsPersistence {
    /// The store that carries out the calls.
    var base: any JobsPersistence { get }

    /// Carries out a call, or throws instead.
    func step<Value: Sendable>(
        _ call: (any JobsPersistence) async throws -> Value
    ) async throws -> Value
}

extension SteppedPersistence {
    public var records: any JobsRecords { base.records }

    public func census(maxRetries: Int, of type: String?) async throws -> [ExactText: JobCounts] {
        try await step { try await $0.census(maxRetries: maxRetries, of: type) }
    }

    public func countAhead(of job: Job, maxRetries: Int, limit: Int) async throws -> Int {
        try await step { try await $0.countAhead(of: job, maxRetries: maxRetries, limit: limit) }
    }

    public func add(_ newJobs: [NewJob]) async throws -> [Result<Job, JobsError>] {
        try await step { try await $0.add(newJobs) }
    }

    public func add(_ addition: RecordedAddition) async throws -> RecordedJobs? {
        try await step { try await $0.add(addition) }
    }

    public func addUnique(_ newJob: NewJob) async throws -> Job {
        try await step { try await $0.addUnique(newJob) }
    }

    public func list(_ filter: JobFilter, _ paging: Paging) async throws -> JobPage {
        try await step { try await $0.list(filter, paging) }
    }

    public func errors(_ query: ErrorQuery) async throws -> ErrorGroups {
        try await step { try await $0.errors(query) }
    }

    public func get(_ id: JobID) async throws -> Job? {
        try await step { try await $0.get(id) }
    }

    public func types(of ids: Set<JobID>) async throws -> [JobID: String] {
        try await step { try await $0.types(of: ids) }
    }

    public func now() async throws -> Timestamp {
        try await step { try await $0.now() }
    }

    public func start(_ start: Start) async throws -> StartedJob? {
        try await step { try await $0.start(start) }
    }

    public func claim(_ claim: Claim) async throws -> [StartedJob] {
        try await step { try await $0.claim(claim) }
    }

    public func served(_ requests: Set<ExactText>, type: String) async throws
        -> [ExactText: [StartedJob]]
    {
        try await step { try await $0.served(requests, type: type) }
    }

    public func change(_ changes: [JobChange]) async throws -> [Result<Job?, JobsError>] {
        try await step { try await $0.change(changes) }
    }

    public func slice(_ filter: JobFilter, after id: JobID?, examining limit: Int) async throws
        -> JobSlice
    {
        try await step { try await $0.slice(filter, after: id, examining: limit) }
    }

    public func treat(_ batch: JobBatch) async throws -> BatchOutcome {
        try await step { try await $0.treat(batch) }
    }

    public func nextAvailability(of type: String) async throws -> Int64? {
        try await step { try await $0.nextAvailability(of: type) }
    }

    public func delete(_ id: JobID) async throws -> Job? {
        try await step { try await $0.delete(id) }
    }

    public func deleteAll() async throws -> Int {
        try await step { try await $0.deleteAll() }
    }

    public func clean(_ cleaning: Cleaning) async throws -> CleanedJobs {
        try await step { try await $0.clean(cleaning) }
    }
}
