import Jobs

/// A store that keeps nothing: it notes what it is asked and gives the answers that it was told.
actor RecordingPersistence: JobsPersistence {
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

    func add(_ newJobs: [NewJob]) async throws -> [Result<Job, JobsError>] {
        calls.append("add \(newJobs.map(\.type))")
        return newJobs.map { _ in result }
    }

    func addUnique(_ newJob: NewJob) async throws -> Job {
        calls.append("addUnique \(newJob.type)")
        return try result.get()
    }

    func list(_ filter: JobFilter, _ paging: Paging) async throws -> JobPage {
        calls.append("list \(filter.type ?? "-") \(paging.skip)")
        return JobPage(jobs: [try result.get()], total: 1)
    }

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

    func start(_ id: JobID, timeout: Int64) async throws -> StartedJob? {
        calls.append("start \(id) \(timeout)")
        return started.first
    }

    func start(type: String, timeout: Int64, maxRetries: Int, limit: Int) async throws
        -> [StartedJob]
    {
        calls.append("start \(type) \(timeout) \(maxRetries) \(limit)")
        return started
    }

    func release(_ started: [StartedJob]) async throws {
        calls.append("release \(started.map(\.job.id))")
    }

    func nextAvailability(of type: String) async throws -> Int64? {
        calls.append("nextAvailability \(type)")
        return nil
    }

    func extend(_ extensions: [LeaseExtension]) async throws -> [Result<Job?, JobsError>] {
        calls.append("extend \(extensions.map { "\(note($0.lease)) \($0.timeout)" })")
        return extensions.map { _ in result.map(Optional.some) }
    }

    func abort(_ aborts: [LeaseAbort]) async throws -> [Result<Job?, JobsError>] {
        calls.append("abort \(aborts.map { "\(note($0.lease)) \($0.delay ?? 0)" })")
        return aborts.map { _ in result.map(Optional.some) }
    }

    func complete(_ leases: [LeaseReference]) async throws -> [Result<Job?, JobsError>] {
        calls.append("complete \(leases.map(note))")
        return leases.map { _ in result.map(Optional.some) }
    }

    func delete(_ id: JobID) async throws -> Job? {
        calls.append("delete \(id)")
        return try result.get()
    }

    func deleteAll() async throws -> Int {
        calls.append("deleteAll")
        return 0
    }

    func clean(maxRetries: Int) async throws -> CleanedJobs {
        calls.append("clean \(maxRetries)")
        try await onClean(calls.count)
        return CleanedJobs(completed: 2, exhausted: 1)
    }

    private func note(_ lease: LeaseReference) -> String {
        "\(lease.id) \(lease.lockToken?.description ?? "-")"
    }
}
