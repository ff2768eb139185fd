/// What passes through, and who waits is told of.
extension WaitingJobsPersistence {
    public func add(_ newJobs: [NewJob]) async throws -> [Result<Job, JobsError>] {
        let results = try await store.add(newJobs)
        tell {
            zip(newJobs, results).compactMap { newJob, result in
                (try? result.get()).map { JobNews(added: $0, newJob) }
            }
        }
        return results
    }

    public func addUnique(_ newJob: NewJob) async throws -> Job {
        let job = try await store.addUnique(newJob)
        tell { [JobNews(added: job, newJob)] }
        return job
    }

    public func start(_ id: JobID, timeout: Int64) async throws -> StartedJob? {
        let started = try await store.start(id, timeout: timeout)
        if let started { tell { [JobNews(started.job, delay: timeout)] } }
        return started
    }

    public func start(type: String, timeout: Int64, maxRetries: Int, limit: Int) async throws
        -> [StartedJob]
    {
        let started = try await store.start(
            type: type, timeout: timeout, maxRetries: maxRetries, limit: limit)
        tell { started.map { JobNews($0.job, delay: timeout) } }
        return started
    }

    public func release(_ started: [StartedJob]) async throws {
        try await store.release(started)
        tell { started.map { JobNews($0.job) } }
    }

    public func extend(_ extensions: [LeaseExtension]) async throws -> [Result<Job?, JobsError>] {
        let results = try await store.extend(extensions)
        tell {
            zip(extensions, results).compactMap { extended, result in
                guard let job = try? result.get(), job.isLeased else { return nil }
                return JobNews(job, delay: extended.timeout)
            }
        }
        return results
    }

    public func abort(_ aborts: [LeaseAbort]) async throws -> [Result<Job?, JobsError>] {
        let results = try await store.abort(aborts)
        tell {
            zip(aborts, results).compactMap { abort, result in
                guard let job = try? result.get(), job.completed == nil else { return nil }
                return JobNews(job, delay: abort.delay ?? 0)
            }
        }
        return results
    }

    public func complete(_ leases: [LeaseReference]) async throws -> [Result<Job?, JobsError>] {
        try await store.complete(leases)
    }

    public func nextAvailability(of type: String) async throws -> Int64? {
        try await store.nextAvailability(of: type)
    }

    public func list(_ filter: JobFilter, _ paging: Paging) async throws -> JobPage {
        try await store.list(filter, paging)
    }

    public func get(_ id: JobID) async throws -> Job? {
        try await store.get(id)
    }

    public func types(of ids: Set<JobID>) async throws -> [JobID: String] {
        try await store.types(of: ids)
    }

    public func now() async throws -> Timestamp {
        try await store.now()
    }

    public func delete(_ id: JobID) async throws -> Job? {
        try await store.delete(id)
    }

    public func deleteAll() async throws -> Int {
        try await store.deleteAll()
    }

    public func clean(maxRetries: Int) async throws -> CleanedJobs {
        try await store.clean(maxRetries: maxRetries)
    }

    public func cleanInTurn(maxRetries: Int) async throws -> CleanedJobs? {
        try await store.cleanInTurn(maxRetries: maxRetries)
    }
}

extension JobNews {
    fileprivate init(added job: Job, _ newJob: NewJob) {
        self.init(id: job.id, type: job.type, delay: newJob.delay ?? 0, isNew: true)
    }

    fileprivate init(_ job: Job, delay: Int64 = 0) {
        self.init(id: job.id, type: job.type, delay: delay, isNew: false)
    }
}
