import JSON
import Jobs
import JobsMongo
import Testing

extension MongoJobsPersistence {
    /// Adds a job that shows only what matters to a test.
    @discardableResult
    func add(
        type: String = "mail", refID: String = "1", ttl: Int64 = 0, params: JSONText? = nil,
        delay: Int64? = nil
    ) async throws -> Job {
        let new = NewJob(type: type, refID: refID, ttl: ttl, params: params, delay: delay)
        return try #require(try await add([new]).first).get()
    }

    /// Claims a job of the type.
    func claim(type: String = "mail", timeout: Int64 = 60_000, maxRetries: Int = 10) async throws
        -> StartedJob?
    {
        try await claim(Claim(type: type, timeout: timeout, maxRetries: maxRetries)).first
    }

    func extend(_ id: JobID, timeout: Int64, _ token: LockToken? = nil) async throws -> Job? {
        let lease = LeaseReference(id: id, lockToken: token)
        return try #require(
            try await change([JobChange(lease, .extend(timeout: timeout))]).first
        ).get()
    }

    func abort(_ id: JobID, _ token: LockToken? = nil) async throws -> Job? {
        try #require(
            try await change([JobChange(id, token, .abort())]).first
        )
        .get()
    }

    func complete(_ id: JobID, _ token: LockToken? = nil) async throws -> Job? {
        try #require(try await change([JobChange(id, token, .complete)]).first).get()
    }

    func fail(_ started: StartedJob, _ failure: Failure = Failure()) async throws -> Job? {
        try await change(started.job.id, .fail(failure), started.lockToken)
    }

    func change(_ id: JobID, _ act: Act, _ token: LockToken? = nil) async throws -> Job? {
        try #require(try await change([JobChange(id, token, act)]).first).get()
    }

    func list(_ change: (inout JobFilter) -> Void = { _ in }) async throws -> [Job] {
        var filter = JobFilter()
        change(&filter)
        return try await list(filter, Paging()).jobs
    }

    /// Claims until no job is claimable.
    func claimAll(type: String = "mail", maxRetries: Int = 10) async throws -> [JobID] {
        var ids: [JobID] = []
        while let job = try await claim(type: type, maxRetries: maxRetries)?.job {
            ids.append(job.id)
        }
        return ids
    }
}
