public import Jobs

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
    private let observer: any JobObserver

    /// - Parameter observer: hears of what callers asked for and got.
    public init(
        persistence: WaitingJobsPersistence, options: Options = Options(),
        observer: any JobObserver = IgnoringObserver()
    ) {
        self.persistence = persistence
        self.options = options
        self.observer = observer
    }

    /// Over a store that this controller alone uses, as claims wait in lines of its own.
    public init(
        persistence: any JobsPersistence, options: Options = Options(),
        observer: any JobObserver = IgnoringObserver()
    ) {
        self.init(
            persistence: WaitingJobsPersistence(persistence), options: options, observer: observer)
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

    public func start(_ start: Start) async throws -> StartedJob? {
        guard start.id.canExist else { return nil }
        let started = try await persistence.start(start)
        if let started { observer.observe(.claimed(started.job)) }
        return started
    }

    public func change(_ change: JobChange) async throws -> Job? {
        try await only(self.change([change])).get()
    }

    public func release(_ started: [StartedJob]) async throws {
        try await persistence.release(started)
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

    /// Starts jobs of a type, see ``WaitingJobsPersistence/claim(_:_:)``. What the claim leaves open is as
    /// configured.
    public func claim(_ claim: Claim, _ wait: ClaimWait = .none) async throws -> [StartedJob] {
        try JobsError.check("type", claim.type, Job.maximumTypeBytes)
        var claim = claim
        claim.maxRetries = claim.maxRetries ?? options.maxRetries
        let started = await bounded(try await persistence.claim(claim, wait))
        if started.isEmpty { observer.observe(.claimedNothing(type: claim.type)) }
        for started in started { observer.observe(.claimed(started.job)) }
        return started
    }

    /// The most bytes of jobs that one claim is answered with, unless a single job has more.
    package static let claimedBytes = 16 << 20

    /// Gives back what is beyond ``claimedBytes``, so that the answer to a claim has a bound.
    private func bounded(_ started: [StartedJob]) async -> [StartedJob] {
        guard started.count > 1 else { return started }
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

    public func change(_ changes: [JobChange]) async throws -> [Result<Job?, JobsError>] {
        let results = try await each(changes, persistence.change) {
            $0.id.canExist ? nil : .some(nil)
        }
        for (change, result) in zip(changes, results) { tell(change.act, result) }
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
        return try await answers.filled { try await work(rest) }
    }

    /// Tells what a change came to. Of completions the stores tell, which know repeated ones.
    private func tell(_ act: Act, _ result: Result<Job?, JobsError>) {
        switch (act, result) {
        case (.extend, .success(let job?)) where job.isLeased: observer.observe(.extended(job))
        // Whether there was a lease to end does not show in a job without one: such an abort counts.
        case (.abort, .success(let job?)) where job.completed == nil:
            observer.observe(.aborted(job))
        case (_, .failure(.lockLost)): observer.observe(.leaseLost)
        default: break
        }
    }

    private func only<Value>(_ results: [Value]) -> Value {
        precondition(results.count == 1, "a store answers once for each argument")
        return results[0]
    }
}
