public import Jobs
import Synchronization

/// A store in the memory of this process, for tests and for jobs that may be lost.
///
/// The store is plain data behind a lock. Adds, claims and changes cost O(log n) in the number of
/// jobs. Lists and cleanings visit all jobs in slices, and other calls run between two slices. They
/// visit a job that exists throughout the call exactly once.
public final class MemoryJobsPersistence: JobsPersistence {
    let jobs: Mutex<MemoryJobs>
    private let maxPageSize: Int
    let clock: @Sendable () -> Timestamp

    /// Creates an empty store.
    ///
    /// - Parameters:
    ///   - maxPageSize: The maximum number of jobs on a page of a list.
    ///   - clock: The clock by which leases are judged and jobs are stamped.
    public init(
        maxPageSize: Int = 1000, clock: SteadyClock = SteadyClock(),
        observer: any JobObserver = IgnoringObserver()
    ) {
        jobs = Mutex(MemoryJobs(observer: observer))
        self.maxPageSize = maxPageSize
        self.clock = clock.now
    }

    /// Creates an empty store for tests, whose time is that of `clock` only.
    ///
    /// - Parameters:
    ///   - maxPageSize: The maximum number of jobs on a page of a list.
    ///   - clock: Returns the time. When it goes back, the time of the store stands still.
    public convenience init(
        maxPageSize: Int = 1000, clock: @escaping @Sendable () -> Timestamp,
        observer: any JobObserver = IgnoringObserver()
    ) {
        self.init(
            maxPageSize: maxPageSize, clock: SteadyClock(timeOfDay: clock, uptime: { .zero }),
            observer: observer)
    }

    public func add(_ newJobs: [NewJob]) -> [Result<Job, JobsError>] {
        jobs.withLock { jobs in
            let now = clock()
            return newJobs.map { jobs.addOnce($0, at: now) }
        }
    }

    public func addUnique(_ newJob: NewJob) throws -> Job {
        try jobs.withLock { $0.addUnique(newJob, at: clock()) }.get()
    }

    public func list(_ filter: JobFilter, _ paging: Paging) async throws -> JobPage {
        var page = PageInProgress(filter, paging, maxPageSize: maxPageSize)
        guard page.wantsMore else { return page.page }
        try await MemoryJobs.inSlices(from: page.start) { position in
            jobs.withLock { $0.fill(&page, after: position, limit: MemoryJobs.slice, at: clock()) }
        }
        return page.page
    }

    public func errors(_ query: ErrorQuery) async throws -> ErrorGroups {
        var errors = ErrorsInProgress(query)
        while true {
            jobs.withLock { $0.advance(&errors, at: now()) }
            if let result = errors.result { return result }
            try Task.checkCancellation()
            await Task.yield()
        }
    }

    public func get(_ id: JobID) -> Job? {
        jobs.withLock { $0.get(id) }
    }

    public func types(of ids: Set<JobID>) -> [JobID: String] {
        jobs.withLock { $0.types(of: ids) }
    }

    public func now() -> Timestamp { clock() }

    public func start(_ start: Start) -> StartedJob? {
        jobs.withLock { $0.start(start, at: clock()) }
    }

    public func claim(_ claim: Claim) -> [StartedJob] {
        jobs.withLock { $0.claim(claim, at: clock()) }
    }

    public func served(_ requests: Set<ExactText>, type: String) -> [ExactText: [StartedJob]] {
        jobs.withLock { $0.served(requests, type: type, at: clock()) }
    }

    public func change(_ changes: [JobChange]) -> [Result<Job?, JobsError>] {
        jobs.withLock { jobs in
            let now = clock()
            return changes.map { jobs.change($0, at: now) }
        }
    }

    public func nextAvailability(of type: String) -> Int64? {
        jobs.withLock { $0.nextAvailability(of: type, at: clock()) }
    }

    public func delete(_ id: JobID) -> Job? {
        jobs.withLock { $0.delete(id) }
    }

    @discardableResult
    public func deleteAll() -> Int {
        // The removed jobs are deallocated outside the lock, since there may be many.
        let old = jobs.withLock { $0.removeAll() }
        return old.count
    }

    @discardableResult
    public func clean(_ cleaning: Cleaning) async throws -> CleanedJobs {
        var all = CleanedJobs()
        try await MemoryJobs.inSlices { position in
            let (next, cleaned) = jobs.withLock {
                $0.clean(
                    after: position, limit: MemoryJobs.slice, cleaning, at: clock())
            }
            all += cleaned
            return next
        }
        return all
    }
}
