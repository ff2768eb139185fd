import Jobs
import JobsMemory
import Synchronization

/// A store that waits before and after each step, and fails on request, so that tests cover all
/// interleavings of steps.
final class UnsteadyPersistence: JobsPersistence {
    private let jobs: MemoryJobsPersistence
    var records: any JobsRecords { jobs.records }
    private let pause: @Sendable () async -> Void
    private let state = Mutex((isAway: false, claims: 0))

    init(
        _ jobs: MemoryJobsPersistence = MemoryJobsPersistence(),
        pause: @escaping @Sendable () async -> Void
    ) {
        self.jobs = jobs
        self.pause = pause
    }

    var isAway: Bool {
        get { state.withLock { $0.isAway } }
        set { state.withLock { $0.isAway = newValue } }
    }

    /// The number of claims.
    var claims: Int { state.withLock { $0.claims } }

    private func step<Value: Sendable>(_ work: (MemoryJobsPersistence) async throws -> Value)
        async throws -> Value
    {
        await pause()
        if isAway { throw JobsError.unavailable(reason: "away") }
        let value = try await work(jobs)
        await pause()
        return value
    }

    func census(maxRetries: Int, of type: String?) async throws -> [ExactText: JobCounts] {
        try await step { try await $0.census(maxRetries: maxRetries, of: type) }
    }
    func countAhead(of job: Job, maxRetries: Int, limit: Int) async throws -> Int {
        try await step { $0.countAhead(of: job, maxRetries: maxRetries, limit: limit) }
    }
    func add(_ newJobs: [NewJob]) async throws -> [Result<Job, JobsError>] {
        try await step { $0.add(newJobs) }
    }
    func add(_ addition: RecordedAddition) async throws -> RecordedJobs? {
        try await step { $0.add(addition) }
    }
    func addUnique(_ newJob: NewJob) async throws -> Job {
        try await step { try $0.addUnique(newJob) }
    }
    func list(_ filter: JobFilter, _ paging: Paging) async throws -> JobPage {
        try await step { try await $0.list(filter, paging) }
    }
    func errors(_ query: ErrorQuery) async throws -> ErrorGroups {
        try await step { try await $0.errors(query) }
    }
    func get(_ id: JobID) async throws -> Job? { try await step { $0.get(id) } }
    func types(of ids: Set<JobID>) async throws -> [JobID: String] {
        try await step { $0.types(of: ids) }
    }
    func now() async throws -> Timestamp { try await step { $0.now() } }
    func start(_ start: Start) async throws -> StartedJob? { try await step { $0.start(start) } }
    func claim(_ claim: Claim) async throws -> [StartedJob] {
        state.withLock { $0.claims += 1 }
        return try await step { $0.claim(claim) }
    }
    func served(_ requests: Set<ExactText>, type: String) async throws
        -> [ExactText: [StartedJob]]
    {
        try await step { $0.served(requests, type: type) }
    }
    func change(_ changes: [JobChange]) async throws -> [Result<Job?, JobsError>] {
        try await step { $0.change(changes) }
    }
    func slice(_ filter: JobFilter, after id: JobID?, examining limit: Int) async throws -> JobSlice
    {
        try await step { $0.slice(filter, after: id, examining: limit) }
    }

    func treat(_ batch: JobBatch) async throws -> BatchOutcome {
        try await step { $0.treat(batch) }
    }

    func nextAvailability(of type: String) async throws -> Int64? {
        try await step { $0.nextAvailability(of: type) }
    }
    func delete(_ id: JobID) async throws -> Job? { try await step { $0.delete(id) } }
    func deleteAll() async throws -> Int { try await step { $0.deleteAll() } }
    func clean(_ cleaning: Cleaning) async throws -> CleanedJobs {
        try await step { try await $0.clean(cleaning) }
    }
}
