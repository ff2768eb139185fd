import CoreMetrics

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
    private let metrics: JobMetrics

    /// - Parameter metrics: what the store counts by as well.
    public init(
        persistence: WaitingJobsPersistence, options: Options = Options(),
        metrics: JobMetrics = JobMetrics()
    ) {
        self.persistence = persistence
        self.options = options
        self.metrics = metrics
    }

    /// Over a store that this controller alone uses, as claims wait in lines of its own.
    public init(
        persistence: any JobsPersistence, options: Options = Options(),
        metrics: JobMetrics = JobMetrics()
    ) {
        self.init(
            persistence: WaitingJobsPersistence(persistence), options: options, metrics: metrics)
    }

    public func add(_ newJob: NewJob) async throws -> Job {
        try newJob.checkLimits()
        return try await only(persistence.add([newJob])).get()
    }

    public func addUnique(_ newJob: NewJob) async throws -> Job {
        try newJob.checkLimits()
        return try await persistence.addUnique(newJob)
    }

    public func list(_ filter: JobFilter, _ paging: Paging) async throws -> JobPage {
        try filter.checkLimits()
        return try await persistence.list(filter, paging)
    }

    public func get(_ id: JobID) async throws -> Job? {
        guard id.canExist else { return nil }
        return try await persistence.get(id)
    }

    /// The types of those of the jobs that are there.
    public func types(of ids: Set<JobID>) async throws -> [JobID: String] {
        try await persistence.types(of: ids.filter(\.canExist))
    }

    /// The store's time, by which jobs that were just read are judged.
    public func now() async throws -> Timestamp {
        try await persistence.now()
    }

    public func start(_ id: JobID, timeout: Int64) async throws -> StartedJob? {
        guard id.canExist else { return nil }
        let started = try await persistence.start(id, timeout: timeout)
        if let started { metrics.of(started.job.type).claimed(started.job) }
        return started
    }

    public func release(_ started: [StartedJob]) async throws {
        try await persistence.release(started)
    }

    public func extend(_ lease: LeaseReference, timeout: Int64) async throws -> Job? {
        try await only(extend([LeaseExtension(lease: lease, timeout: timeout)])).get()
    }

    public func abort(_ lease: LeaseReference, delay: Int64? = nil) async throws -> Job? {
        try await only(abort([LeaseAbort(lease: lease, delay: delay)])).get()
    }

    public func complete(_ lease: LeaseReference) async throws -> Job? {
        try await only(complete([lease])).get()
    }

    public func delete(_ id: JobID) async throws -> Job? {
        guard id.canExist else { return nil }
        return try await persistence.delete(id)
    }

    @discardableResult
    public func deleteAll() async throws -> Int {
        try await persistence.deleteAll()
    }

    @discardableResult
    public func clean() async throws -> CleanedJobs {
        try await persistence.clean(maxRetries: options.maxRetries)
    }

    /// Cleans, unless another process is doing so at the moment; then `nil`.
    public func cleanInTurn() async throws -> CleanedJobs? {
        try await persistence.cleanInTurn(maxRetries: options.maxRetries)
    }

    // MARK: Many at once, each with a result of its own

    public func add(_ newJobs: [NewJob]) async throws -> [Result<Job, JobsError>] {
        try await each(newJobs, persistence.add) { newJob throws(JobsError) in
            try newJob.checkLimits()
            return nil
        }
    }

    /// Starts up to `limit` jobs of a type, see
    /// ``WaitingJobsPersistence/start(type:timeout:maxRetries:limit:wait:caller:onWaiting:)``.
    /// - Parameters:
    ///   - maxRetries: the limit of starts for this call; nil: the configured one.
    ///   - wait: for how many milliseconds to wait for the first of them.
    ///   - caller: for whom the places of waiting claims are counted; `nil`: not known.
    ///   - onWaiting: called if there is none at once, and waiting begins.
    public func start(
        type: String, timeout: Int64, maxRetries: Int? = nil, limit: Int = 1, wait: Int64 = 0,
        caller: String? = nil, onWaiting: @Sendable () -> Void = {}
    ) async throws -> [StartedJob] {
        try JobsError.check("type", type, Job.maximumTypeBytes)
        let started = try await persistence.start(
            type: type, timeout: timeout, maxRetries: maxRetries ?? options.maxRetries,
            limit: limit, wait: wait, caller: caller, onWaiting: onWaiting)
        let bounded = await bounded(started)
        let metrics = metrics.of(type, hasJobs: !started.isEmpty)
        if started.isEmpty { metrics.emptyClaims.increment() }
        for started in bounded { metrics.claimed(started.job) }
        return bounded
    }

    /// The most bytes of jobs that one claim is answered with, unless a single job has more.
    package static let claimedBytes = 16 << 20

    /// Gives back what is beyond ``claimedBytes``, so that the answer to a claim has a bound.
    private func bounded(_ started: [StartedJob]) async -> [StartedJob] {
        var bytes = 0
        let count = started.prefix { started in
            defer { bytes += started.job.weight }
            return bytes + started.job.weight <= Self.claimedBytes
        }.count
        guard max(count, 1) < started.count else { return started }
        do {
            try await persistence.release(Array(started[max(count, 1)...]))
        } catch {
            // What may still be leased is better in a long answer than in none.
            return started
        }
        return Array(started[..<max(count, 1)])
    }

    public func extend(_ extensions: [LeaseExtension]) async throws -> [Result<Job?, JobsError>] {
        let results = try await each(extensions, persistence.extend) {
            $0.lease.id.canExist ? nil : .some(nil)
        }
        count(results) { if $0.isLeased { metrics.of($0.type).extensions.increment() } }
        return results
    }

    public func abort(_ aborts: [LeaseAbort]) async throws -> [Result<Job?, JobsError>] {
        let results = try await each(aborts, persistence.abort) {
            $0.lease.id.canExist ? nil : .some(nil)
        }
        // Whether there was a lease to end does not show in a job without one: such an abort counts.
        count(results) { if $0.completed == nil { metrics.of($0.type).aborts.increment() } }
        return results
    }

    public func complete(_ leases: [LeaseReference]) async throws -> [Result<Job?, JobsError>] {
        let results = try await each(leases, persistence.complete) {
            $0.id.canExist ? nil : .some(nil)
        }
        count(results) { _ in }
        return results
    }

    /// Has the store work on the items that are not answered without it.
    /// - Parameter answer: an item's result if it is known already.
    private func each<Item, Value>(
        _ items: [Item], _ work: ([Item]) async throws -> [Result<Value, JobsError>],
        answer: (Item) throws(JobsError) -> Value?
    ) async throws -> [Result<Value, JobsError>] {
        let answers = items.map { item -> Result<Value, JobsError>? in
            do throws(JobsError) {
                return try answer(item).map { .success($0) }
            } catch {
                return .failure(error)
            }
        }
        // As nearly always.
        if answers.allSatisfy({ $0 == nil }) { return try await work(items) }
        let rest = zip(items, answers).filter { $0.1 == nil }.map(\.0)
        var results = rest.isEmpty ? [] : try await work(rest)[...]
        return answers.map { $0 ?? results.removeFirst() }
    }

    /// Counts what calls about leases came to.
    private func count(_ results: [Result<Job?, JobsError>], _ body: (Job) -> Void) {
        for result in results {
            switch result {
            case .success(let job): if let job { body(job) }
            case .failure(.lockLost): metrics.leasesLost.increment()
            case .failure: break
            }
        }
    }

    private func only<Value>(_ results: [Value]) -> Value {
        precondition(results.count == 1, "a store answers once for each argument")
        return results[0]
    }
}
