import Jobs
import JobsEngine
import JobsTestSupport

/// A store that keeps nothing: it notes what it is asked and gives the answers that it was told.
actor RecordingPersistence: JobsPersistence {
    nonisolated let records: any JobsRecords = MemoryRecords()
    /// The calls so far, as one would write them.
    private(set) var calls: [String] = []
    private let result: Result<Job, JobsError>
    private let started: [StartedJob]
    private let onClean: @Sendable (_ number: Int) async throws -> Void

    /// - Parameters:
    ///   - result: the answer about every job.
    ///   - onClean: what cleaning does, given how many times it has been asked for.
    init(
        result: Result<Job, JobsError> = .success(.sample()), started: [StartedJob] = [],
        onClean: @escaping @Sendable (_ number: Int) async throws -> Void = { _ in }
    ) {
        self.result = result
        self.started = started
        self.onClean = onClean
    }

    func census(maxRetries: Int, of type: String?) async throws -> [ExactText: JobCounts] {
        calls.append("census \(maxRetries) \(type ?? "-")")
        return [:]
    }

    func countAhead(of job: Job, maxRetries: Int, limit: Int) async throws -> Int {
        calls.append("countAhead \(job.id) \(maxRetries) \(limit)")
        return 0
    }

    func add(_ newJobs: [NewJob]) async throws -> [Result<Job, JobsError>] {
        calls.append("add \(newJobs.map(\.type))")
        return newJobs.map { _ in result }
    }

    func add(_ addition: RecordedAddition) async throws -> RecordedJobs? {
        calls.append("add \(addition.key)")
        return nil
    }

    func addUnique(_ newJob: NewJob) async throws -> Job {
        calls.append("addUnique \(newJob.type)")
        return try result.get()
    }

    func list(_ filter: JobFilter, _ paging: Paging) async throws -> JobPage {
        calls.append("list \(filter.type ?? "-") \(paging.skip)")
        return JobPage(jobs: [try result.get()], total: 1)
    }

    func errors(_ query: ErrorQuery) async throws -> ErrorGroups { ErrorGroups() }

    func get(_ id: JobID) async throws -> Job? {
        calls.append("get \(id)")
        return try result.get()
    }

    func types(of ids: Set<JobID>) async throws -> [JobID: String] {
        calls.append("types \(ids.map(\.description).sorted().joined(separator: " "))")
        return [:]
    }

    func now() async throws -> Timestamp {
        calls.append("now")
        return Timestamp(milliseconds: 0)
    }

    func start(_ start: Start) async throws -> StartedJob? {
        calls.append("start \(start.id) \(start.timeout)")
        return started.first
    }

    func claim(_ claim: Claim) async throws -> [StartedJob] {
        calls.append(
            "start \(claim.type) \(claim.timeout) \(claim.startLimit) \(claim.limit)")
        return started
    }

    func served(_ requests: Set<ExactText>, type: String) async throws
        -> [ExactText: [StartedJob]]
    {
        calls.append("served \(requests.map(\.text).sorted().joined(separator: " "))")
        return [:]
    }

    func change(_ changes: [JobChange]) async throws -> [Result<Job?, JobsError>] {
        calls.append("\(changes[0].act.name) \(changes.map(note))")
        return changes.map { _ in result.map(Optional.some) }
    }

    func slice(_ filter: JobFilter, after id: JobID?, examining limit: Int) async throws -> JobSlice
    {
        calls.append("slice \(filter.type ?? "-") \(limit)")
        return JobSlice()
    }

    func treat(_ batch: JobBatch) async throws -> BatchOutcome {
        calls.append("treat \(batch.jobs.count)")
        return BatchOutcome(done: batch.jobs.count)
    }

    func nextAvailability(of type: String) async throws -> Int64? {
        calls.append("nextAvailability \(type)")
        return nil
    }

    func delete(_ id: JobID) async throws -> Job? {
        calls.append("delete \(id)")
        return try result.get()
    }

    func deleteAll() async throws -> Int {
        calls.append("deleteAll")
        return 0
    }

    func clean(_ cleaning: Cleaning) async throws -> CleanedJobs {
        calls.append("clean \(cleaning.maxRetries)")
        try await onClean(calls.count)
        return CleanedJobs(completed: 2, exhausted: 1)
    }

    private func note(_ change: JobChange) -> String {
        let lease = "\(change.id) \(change.lockToken?.description ?? "-")"
        return switch change.act {
        case .extend(let timeout, _): "\(lease) \(timeout)"
        case .abort(let delay): "\(lease) \(delay ?? 0)"
        case .complete, .fail, .cancel, .replay, .settle: lease
        case .release: "\(change.id)"
        }
    }
}
