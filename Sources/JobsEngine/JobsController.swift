public import Jobs

/// The operations of the service, on any store.
///
/// The controller checks the lengths of names, fills in defaults, and offers single calls on top of
/// the batches of the store. Unless a method says otherwise, it throws the errors of the store, see
/// `JobsPersistence`.
public final class JobsController: Sendable {
    /// The store of this controller, on which claims can wait.
    public let persistence: WaitingJobsPersistence
    /// The settings of this controller.
    public let options: Options
    let observer: any JobObserver
    /// Notifies the runner of the schedules of changes.
    let scheduleNews = RunnerNews()
    /// Notifies the runner of the operations of changes.
    let operationNews = RunnerNews()
    /// The ids of operations and of entries of the audit.
    let recordIDs = RecordIDs()
    /// The counts of jobs, which concurrent calls share.
    let census: SharedCensus
    let concurrentClaims = ConcurrentClaims()
    let claimSizes = ClaimSizes()
    /// The groups of errors, which concurrent calls share.
    let sharedErrors: SharedErrors

    /// Creates a controller of a store on which claims can wait.
    ///
    /// - Parameters:
    ///   - persistence: The store. Several controllers can share it.
    ///   - options: The settings of the controller.
    ///   - observer: Receives the events of calls.
    public init(
        persistence: WaitingJobsPersistence, options: Options = Options(),
        observer: any JobObserver = IgnoringObserver()
    ) {
        self.persistence = persistence
        self.options = options
        self.observer = observer
        census = SharedCensus { type in
            try await persistence.census(maxRetries: options.maxRetries, of: type)
        }
        sharedErrors = SharedErrors { try await persistence.errors($0) }
    }

    /// Creates a controller of a store that only this controller uses.
    ///
    /// - Parameters:
    ///   - persistence: The store. Claims wait in lines that belong to this controller, unless it
    ///     is a store on which claims can wait already.
    ///   - options: The settings of the controller.
    ///   - observer: Receives the events of calls.
    public convenience init(
        persistence: any JobsPersistence, options: Options = Options(),
        observer: any JobObserver = IgnoringObserver()
    ) {
        self.init(
            persistence: persistence as? WaitingJobsPersistence
                ?? WaitingJobsPersistence(persistence),
            options: options, observer: observer)
    }

    /// Adds a job.
    ///
    /// - Throws: `JobsError.refused` if a name is too long; the error of the store.
    public func add(_ newJob: NewJob) async throws -> Job {
        try newJob.checkLimits()
        claimSizes.note(newJob)
        return try await only(persistence.add([newJob])).get()
    }

    /// Adds a job unless a job of the same type and reference exists that has neither ended nor
    /// expired.
    ///
    /// - Returns: The added job, or the oldest existing one.
    /// - Throws: `JobsError.refused` if a name is too long; the error of the store.
    public func addUnique(_ newJob: NewJob) async throws -> Job {
        try newJob.checkLimits()
        return try await current(persistence.addUnique(newJob))
    }

    /// Returns a page of the matching jobs, in the order of their ids, or in descending order.
    ///
    /// - Throws: `JobsError.refused` if a name in the filter is too long; the error of the store.
    public func list(_ filter: JobFilter, _ paging: Paging) async throws -> JobPage {
        try filter.checkLimits()
        var filter = filter
        filter.maxRetries = options.maxRetries
        var page = try await persistence.list(filter, paging)
        try await settle(&page.jobs)
        return page
    }

    /// Returns the groups of the jobs whose last attempts failed, the largest first.
    ///
    /// Where reading them takes long, they may be up to 30 s old, and say it.
    ///
    /// - Throws: `JobsError.refused` if the type is too long; the error of the store.
    public func errors(_ query: ErrorQuery) async throws -> ErrorGroups {
        try query.checkLimits()
        let call = ContinuousClock.now
        let reading = try await sharedErrors.groups(query)
        var groups = reading.value
        if let age = reading.age(at: call) {
            groups.asOf = try await persistence.now().advanced(by: -age)
        }
        return groups
    }

    /// Returns a job, or `nil` if no job has this id.
    public func get(_ id: JobID) async throws -> Job? {
        guard id.canExist, let job = try await persistence.get(id) else { return nil }
        return try await current(job)
    }

    /// Returns the types of jobs. Ids without a job are left out.
    public func types(of ids: Set<JobID>) async throws -> [JobID: String] {
        try await persistence.types(of: ids.filter(\.canExist))
    }

    /// Returns the time of the store, by which the states of jobs are judged.
    public func now() async throws -> Timestamp {
        try await persistence.now()
    }

    /// Starts a job by its id.
    ///
    /// - Returns: The started job; `nil` if the job does not exist, has ended or expired, or is
    ///   under a live lease.
    public func start(_ start: Start) async throws -> StartedJob? {
        guard start.id.canExist else { return nil }
        try start.checkLimits()
        let started = try await persistence.start(start)
        if let started { observer.observe(.claimed(started.job)) }
        return started
    }

    /// Changes one job.
    ///
    /// - Returns: The job after the change, which is unchanged if the act does not apply; `nil` if
    ///   the job does not exist.
    /// - Throws: `JobsError.lockLost` if the token is not that of the last lease; the error of the
    ///   store.
    public func change(_ change: JobChange) async throws -> Job? {
        try await only(self.change([change])).get()
    }

    /// Removes a job, regardless of its state.
    ///
    /// - Returns: The job before its removal; `nil` if it does not exist.
    public func delete(_ id: JobID) async throws -> Job? {
        guard id.canExist, let job = try await persistence.delete(id) else { return nil }
        return try await current(job)
    }

    /// Removes all jobs.
    ///
    /// - Returns: The number of removed jobs.
    /// - Throws: `JobsError.timedOut` with the number of removed jobs if it fails midway; the error
    ///   of the store.
    @discardableResult
    public func deleteAll() async throws -> Int {
        try await persistence.deleteAll()
    }

    /// Removes the jobs that have ended or expired and whose retention has passed, and those that
    /// were started more often than the limit allows.
    ///
    /// - Returns: The numbers of removed jobs.
    /// - Throws: `JobsError.timedOut` with the number of removed jobs if it fails midway; the error
    ///   of the store.
    @discardableResult
    public func clean() async throws -> CleanedJobs {
        try await persistence.clean(options.cleaning)
    }

    /// Cleans, unless another process is cleaning at the moment.
    ///
    /// - Returns: The numbers of removed jobs; `nil` if another process is cleaning.
    public func cleanInTurn() async throws -> CleanedJobs? {
        try await persistence.cleanInTurn(options.cleaning)
    }

    // MARK: Many at once, each with a result of its own

    /// Adds several jobs.
    ///
    /// - Returns: The added job, or the error, for each of `newJobs`, in order. Behind 4 MiB of
    ///   jobs, the others lack their params.
    public func add(_ newJobs: [NewJob]) async throws -> [Result<Job, JobsError>] {
        var results = try await each(newJobs, persistence.add) { newJob throws(JobsError) in
            try newJob.checkLimits()
            claimSizes.note(newJob)
            return nil
        }
        BulkBudget.bound(&results)
        return results
    }

    /// Changes several jobs, as if the changes were made one after the other.
    ///
    /// - Returns: For each change the job after it, which is unchanged if the act does not apply;
    ///   `nil` if the job does not exist; `JobsError.lockLost` if the token is not that of the last
    ///   lease; `JobsError.refused` if a text is too long; `JobsError.notReplayed` if a replay does
    ///   not apply. Behind 4 MiB of jobs, the others lack their params, progress and results.
    public func change(_ changes: [JobChange]) async throws -> [Result<Job?, JobsError>] {
        var changes = changes
        let batch: UInt64? = changes.count > 1 ? .random(in: .min ... .max) : nil
        for index in changes.indices {
            if let act = changes[index].act.decided(by: options) { changes[index].act = act }
            changes[index].batch = batch
        }
        var results = try await each(changes, persistence.change) { change throws(JobsError) in
            try change.act.checkLimits()
            return change.id.canExist ? nil : .some(nil)
        }
        for (change, result) in zip(changes, results) {
            if let event = JobEvent(answer: change.act, result) { observer.observe(event) }
        }
        var now: Timestamp?
        for index in results.indices {
            guard case .success(let job?) = results[index], job.mayBeUnsettled else { continue }
            let time = if let now { now } else { try await persistence.now() }
            now = time
            if let settled = job.settled(at: time) { results[index] = .success(settled) }
        }
        BulkBudget.bound(&results)
        return results
    }

    /// Returns the job as it is now. A cancellation that took effect when a lease lapsed may not be
    /// recorded in the store yet.
    private func current(_ job: Job) async throws -> Job {
        guard job.mayBeUnsettled else { return job }
        return job.settled(at: try await persistence.now()) ?? job
    }

    private func settle(_ jobs: inout [Job]) async throws {
        guard jobs.contains(where: \.mayBeUnsettled) else { return }
        let now = try await persistence.now()
        jobs = jobs.map { $0.settled(at: now) ?? $0 }
    }

    /// Passes the items to the store whose results are not known without it.
    ///
    /// - Parameter answer: Returns the result of an item if it is known; else `nil`.
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
        // The usual case.
        if answers.allSatisfy({ $0 == nil }) { return try await work(items) }
        let rest = zip(items, answers).filter { $0.1 == nil }.map(\.0)
        return try await answers.filled { try await work(rest) }
    }

    private func only<Value>(_ results: [Value]) -> Value {
        precondition(results.count == 1, "a store answers once for each argument")
        return results[0]
    }
}

extension Job {
    /// Whether a cancellation is pending that may have taken effect in the meantime.
    fileprivate var mayBeUnsettled: Bool { cancelRequested != nil && !isEnded }
}
