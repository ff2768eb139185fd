public import Jobs
import Testing

/// An empty store, and a function that lets its time pass.
public struct StoreUnderTest: Sendable {
    public let jobs: any JobsPersistence
    /// Instances of the service on the same jobs, this one first; a store of one process has one.
    public let instances: [any JobsPersistence]
    private let pass: @Sendable (Int64) async throws -> Void
    private let set: (@Sendable (Int64) -> Void)?

    /// - Parameters:
    ///   - pass: Returns when the clock of the store has advanced by at least this many
    ///     milliseconds.
    ///   - set: Moves the time of day of the store's machine by this many milliseconds without any
    ///     time passing; only ``StoreRequirement/clockSteps`` need it.
    public init(
        instances: [any JobsPersistence], set: (@Sendable (Int64) -> Void)? = nil,
        pass: @escaping @Sendable (Int64) async throws -> Void
    ) {
        self.instances = instances
        jobs = instances[0]
        self.set = set
        self.pass = pass
    }

    public func pass(milliseconds: Int64) async throws {
        try await pass(milliseconds)
    }

    /// Sets the time of day of the store's machine earlier or later.
    func setTimeOfDay(by milliseconds: Int64) {
        guard let set else { preconditionFailure("the store has no clock to set") }
        set(milliseconds)
    }
}

extension StoreUnderTest {
    /// Adds a job that shows only what matters to a test.
    @discardableResult
    func add(
        type: String = "mail", refID: String = "1", ttl: Int64 = 0, priority: Int = 0,
        delay: Int64? = nil
    ) async throws -> Job {
        let new = NewJob(type: type, refID: refID, ttl: ttl, priority: priority, delay: delay)
        return try #require(try await jobs.add([new]).first).get()
    }

    func start(type: String = "mail", timeout: Int64 = 60_000, maxRetries: Int = 10) async throws
        -> StartedJob?
    {
        try await jobs.claim(Claim(type: type, timeout: timeout, maxRetries: maxRetries)).first
    }

    func extend(_ id: JobID, timeout: Int64, _ token: LockToken? = nil) async throws -> Job? {
        let lease = LeaseReference(id: id, lockToken: token)
        let results = try await jobs.change([JobChange(lease, .extend(timeout: timeout))])
        return try #require(results.first).get()
    }

    func abort(_ id: JobID, _ token: LockToken? = nil, delay: Int64? = nil) async throws -> Job? {
        let lease = LeaseReference(id: id, lockToken: token)
        return try #require(try await jobs.change([JobChange(lease, .abort(delay: delay))]).first)
            .get()
    }

    func complete(_ id: JobID, _ token: LockToken? = nil) async throws -> Job? {
        try #require(try await jobs.change([JobChange(id, token, .complete)]).first)
            .get()
    }

    func act(_ act: Act, _ started: StartedJob) async throws -> Job? {
        try #require(
            try await jobs.change([JobChange(started.job.id, started.lockToken, act)]).first
        ).get()
    }

    func list(_ paging: Paging = Paging(), _ change: (inout JobFilter) -> Void = { _ in })
        async throws -> JobPage
    {
        var filter = JobFilter()
        change(&filter)
        return try await jobs.list(filter, paging)
    }

    /// The ids of the next `count` jobs to be handed out.
    func claimed(_ count: Int, type: String = "mail") async throws -> [JobID] {
        var ids: [JobID] = []
        for _ in 0..<count {
            if let id = try await start(type: type)?.job.id { ids.append(id) }
        }
        return ids
    }
}
