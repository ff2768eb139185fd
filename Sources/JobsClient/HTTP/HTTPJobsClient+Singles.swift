import NIOCore

extension HTTPJobsClient {
    public func add(_ newJob: NewJob) async throws -> Job {
        try await adding("add_job", newJob)
    }

    public func addUnique(_ newJob: NewJob) async throws -> Job {
        try await adding("add_uniq_job", newJob)
    }

    public func list(_ filter: JobFilter, _ paging: Paging) async throws -> JobPage {
        try JobPage(try await page(filter, paging))
    }

    public func listDetails(_ filter: JobFilter, _ paging: Paging) async throws
        -> DetailedJobPage
    {
        try DetailedJobPage(try await page(filter, paging, withDetails: true))
    }

    private func page(_ filter: JobFilter, _ paging: Paging, withDetails: Bool = false)
        async throws -> JSONValue
    {
        let body = JSONWriter.arguments { json in
            json.key("filter")
            json.filter(filter)
            json.key("paging")
            json.paging(paging)
            if withDetails { json.details() }
        }
        let answer = try await send(
            .init(operation: "get_jobs", body: body, mayBeRepeated: true))
        guard let answer else { throw JobsClientError.notUnderstood("page") }
        return answer
    }

    /// Returns a job, or `nil` if no job has this id.
    public func get(_ id: JobID) async throws -> Job? {
        let body = JSONWriter.arguments { $0.jobID(id) }
        return try await job(.init(operation: "get_job_by_id", body: body, mayBeRepeated: true))
    }

    public func details(of id: JobID) async throws -> DetailedJob? {
        let body = JSONWriter.arguments { json in
            json.jobID(id)
            json.details()
        }
        return try await send(
            .init(operation: "get_job_by_id", body: body, mayBeRepeated: true)
        ).map { try DetailedJob($0) }
    }

    public func start(_ start: Start) async throws -> ClaimedJob? {
        let body = JSONWriter.arguments { json in
            json.jobID(start.id)
            json.timeout(start.timeout)
            json.worker(start.worker)
        }
        return try await send(
            .init(operation: "start_job_by_id", body: body, isStrict: start.worker == nil)
        ).map { try ClaimedJob($0) }
    }

    public func delete(_ id: JobID) async throws -> Job? {
        let body = JSONWriter.arguments { $0.jobID(id) }
        return try await job(.init(operation: "delete_job_by_id", body: body))
    }

    public func deleteAll() async throws {
        _ = try await send(.init(operation: "delete_jobs", body: JSONWriter.arguments { _ in }))
    }

    public func clean() async throws {
        _ = try await send(.init(operation: "clean_jobs", body: JSONWriter.arguments { _ in }))
    }

    private func adding(_ operation: String, _ newJob: NewJob) async throws -> Job {
        try await identified { isIdentified in
            let body = JSONWriter.arguments { json in
                json.key("new_job")
                json.newJob(isIdentified ? newJob.identified : newJob)
            }
            return try await job(
                .init(operation: operation, body: body, isIdentified: isIdentified)
            ).expected
        }
    }

    func job(_ request: HTTPTransport.Request) async throws -> Job? {
        try await send(request).map { try Job($0) }
    }
}

extension Job? {
    /// The job of an answer that must contain one.
    fileprivate var expected: Job {
        get throws {
            guard let self else { throw JobsClientError.notUnderstood("job") }
            return self
        }
    }
}
