/// What the service does, one call each, over any store.
///
/// It fills in what a call leaves open and turns the stores' batches into single answers.
public struct JobsController: Sendable {
    public struct Options: Sendable, Equatable {
        /// A job is handed out by type only while it was started fewer times than this.
        public var maxRetries: Int
        /// Milliseconds between two cleanings; 0 and less: never.
        public var cleanInterval: Int64

        public init(maxRetries: Int = 10, cleanInterval: Int64 = 60_000) {
            self.maxRetries = maxRetries
            self.cleanInterval = cleanInterval
        }
    }

    public let persistence: WaitingJobsPersistence
    public let options: Options

    public init(persistence: WaitingJobsPersistence, options: Options = Options()) {
        self.persistence = persistence
        self.options = options
    }

    /// Over a store that this controller alone uses, as claims wait in lines of its own.
    public init(persistence: any JobsPersistence, options: Options = Options()) {
        self.init(persistence: WaitingJobsPersistence(persistence), options: options)
    }

    public func add(_ newJob: NewJob) async throws -> Job {
        try await only(persistence.add([newJob])).get()
    }

    public func addUnique(_ newJob: NewJob) async throws -> Job {
        try await persistence.addUnique(newJob)
    }

    public func list(_ filter: JobFilter, _ paging: Paging) async throws -> JobPage {
        try await persistence.list(filter, paging)
    }

    public func get(_ id: JobID) async throws -> Job? {
        try await persistence.get(id)
    }

    public func start(_ id: JobID, timeout: Int64) async throws -> StartedJob? {
        try await persistence.start(id, timeout: timeout)
    }

    public func release(_ started: [StartedJob]) async throws {
        try await persistence.release(started)
    }

    public func extend(_ lease: LeaseReference, timeout: Int64) async throws -> Job? {
        try await only(persistence.extend([LeaseExtension(lease: lease, timeout: timeout)])).get()
    }

    public func abort(_ lease: LeaseReference, delay: Int64? = nil) async throws -> Job? {
        try await only(persistence.abort([LeaseAbort(lease: lease, delay: delay)])).get()
    }

    public func complete(_ lease: LeaseReference) async throws -> Job? {
        try await only(persistence.complete([lease])).get()
    }

    public func delete(_ id: JobID) async throws -> Job? {
        try await persistence.delete(id)
    }

    public func deleteAll() async throws {
        try await persistence.deleteAll()
    }

    public func clean() async throws {
        try await persistence.clean(maxRetries: options.maxRetries)
    }

    // MARK: Many at once, each with a result of its own

    public func add(_ newJobs: [NewJob]) async throws -> [Result<Job, JobsError>] {
        try await persistence.add(newJobs)
    }

    /// Starts up to `limit` jobs of a type, see
    /// ``WaitingJobsPersistence/start(type:timeout:maxRetries:limit:wait:onWaiting:)``.
    /// - Parameters:
    ///   - maxRetries: the limit of starts for this call; nil: the configured one.
    ///   - wait: for how many milliseconds to wait for the first of them.
    ///   - onWaiting: called if there is none at once, and waiting begins.
    public func start(
        type: String, timeout: Int64, maxRetries: Int? = nil, limit: Int = 1, wait: Int64 = 0,
        onWaiting: @Sendable () -> Void = {}
    ) async throws -> [StartedJob] {
        try await persistence.start(
            type: type, timeout: timeout, maxRetries: maxRetries ?? options.maxRetries,
            limit: limit, wait: wait, onWaiting: onWaiting)
    }

    public func extend(_ extensions: [LeaseExtension]) async throws -> [Result<Job?, JobsError>] {
        try await persistence.extend(extensions)
    }

    public func abort(_ aborts: [LeaseAbort]) async throws -> [Result<Job?, JobsError>] {
        try await persistence.abort(aborts)
    }

    public func complete(_ leases: [LeaseReference]) async throws -> [Result<Job?, JobsError>] {
        try await persistence.complete(leases)
    }

    private func only<Value>(_ results: [Value]) -> Value {
        precondition(results.count == 1, "a store answers once for each argument")
        return results[0]
    }
}
