import Dispatch
public import Jobs
import JobsMemory
import Logging
import Synchronization

/// Keeps jobs in memory and in a file, for one process: durable without a database.
///
/// The file holds a snapshot of all jobs, an array of JSON objects as the services before this one
/// wrote it. What has changed since is in a journal beside it. An answer is given when its change is
/// on the disk; the changes that come while one is written go together next. When the journal
/// outgrows the snapshot, a new snapshot is written beside the old one while the service goes on.
///
/// Costs what the memory store costs, and for each change a line in the journal. If the disk is full
/// or fails, those whose changes were to be written are told ``JobsError/unavailable(reason:)``,
/// nothing of these changes is left, and the next change tries again. If the disk does not answer at all,
/// callers are told the same after ten seconds, and from then on at once; what was on its way to the disk
/// then may have happened.
public final class FileJobsPersistence: JobsPersistence {
    let names: FileNames
    let files: FileCalls
    let limits: Limits
    let logger: Logger
    let clock: @Sendable () -> Timestamp
    let state: Mutex<JournaledJobs>
    let journal: Mutex<JournalWriter>
    let compaction: Mutex<Compaction>
    let lock: Mutex<LockFile?>
    /// Where the journal is written.
    let journalQueue = DispatchQueue(label: "jobs.journal")
    /// Where snapshots are written.
    let compactionQueue = DispatchQueue(label: "jobs.compaction")
    /// Where those are looked at. Nothing on it blocks.
    let watchQueue = DispatchQueue(label: "jobs.watch")
    /// Grows with each step of the writing of a snapshot.
    let progress = Atomic(0)
    private let maxPageSize: Int

    struct Limits: Sendable {
        /// The journal may be so long whatever the length of the snapshot.
        var journalLength = 16 << 20
        /// The number of its files: each start of the service makes one.
        var segments = 16
        /// After a snapshot could not be written.
        var pause = Duration.seconds(60)
        /// How long the disk may take for one thing before callers are told that it does not answer.
        var patience = Duration.seconds(10)
        /// How many looks at one thing that does not go on make up the patience.
        static let looks = 4

        var lookInterval: Double { patience / .seconds(1) / Double(Self.looks) }
    }

    init(
        _ names: FileNames, _ files: FileCalls, limits: Limits, maxPageSize: Int,
        clock: @escaping @Sendable () -> Timestamp, logger: Logger, jobs: sending MemoryJobs,
        journal: consuming sending JournalWriter, compaction: Compaction, lock: LockFile
    ) {
        self.names = names
        self.files = files
        self.limits = limits
        self.maxPageSize = maxPageSize
        self.clock = clock
        self.logger = logger
        state = Mutex(JournaledJobs(jobs))
        self.journal = Mutex(journal)
        self.compaction = Mutex(compaction)
        self.lock = Mutex(lock)
    }

    public func add(_ newJobs: [NewJob]) async throws -> [Result<Job, JobsError>] {
        try await change { jobs, now in newJobs.map { .success(jobs.add($0, at: now)) } }
    }

    public func addUnique(_ newJob: NewJob) async throws -> Job {
        try await change { jobs, now in jobs.addUnique(newJob, at: now) }
    }

    public func list(_ filter: JobFilter, _ paging: Paging) async throws -> JobPage {
        var page = PageInProgress(filter, paging, maxPageSize: maxPageSize)
        guard page.wantsMore else { return page.page }
        var commit: Commit?
        let rollbacks = try state.withLock { state in
            if state.isStalled { try state.admit() }
            return state.rollbacks
        }
        try await MemoryJobs.inSlices(from: page.start) { position in
            state.withLock { state in
                commit = state.commit
                return state.jobs.fill(&page, after: position, limit: MemoryJobs.slice)
            }
        }
        try await commit?.wait()
        guard state.withLock({ $0.rollbacks }) == rollbacks else {
            throw JobsError.unavailable(reason: "changes that the list may show were taken back")
        }
        return page.page
    }

    public func get(_ id: JobID) async throws -> Job? {
        try await read { jobs in jobs.get(id) }
    }

    public func types(of ids: Set<JobID>) async throws -> [JobID: String] {
        try await read { jobs in jobs.types(of: ids) }
    }

    public func now() async throws -> Timestamp { clock() }

    public func start(_ start: Start) async throws -> StartedJob? {
        try await starting { jobs, now in jobs.start(start, at: now).map { [$0] } ?? [] }.first
    }

    public func claim(_ claim: Claim) async throws -> [StartedJob] {
        try await starting { jobs, now in jobs.claim(claim, at: now) }
    }

    public func change(_ changes: [JobChange]) async throws -> [Result<Job?, JobsError>] {
        try await change { jobs, now in changes.map { jobs.change($0, at: now) } }
    }

    public func nextAvailability(of type: String) async throws -> Int64? {
        try await read { [clock] jobs in jobs.nextAvailability(of: type, at: clock()) }
    }

    public func delete(_ id: JobID) async throws -> Job? {
        try await change { jobs, _ in jobs.delete(id) }
    }

    @discardableResult
    public func deleteAll() async throws -> Int {
        try await change { jobs, _ in
            let count = jobs.count
            _ = jobs.removeAll()
            return count
        }
    }

    @discardableResult
    public func clean(maxRetries: Int) async throws -> CleanedJobs {
        var all = CleanedJobs()
        try await MemoryJobs.inSlices { position in
            let (next, cleaned) = try await change { jobs, now in
                jobs.clean(
                    after: position, limit: MemoryJobs.slice, maxRetries: maxRetries, at: now)
            }
            all += cleaned
            return next
        }
        return all
    }

    /// Tells whether changes can be written, which is known from the last one, or tried if that failed.
    /// - Throws: ``JobsError/unavailable(reason:)`` if not.
    public func check() async throws {
        let (commit, hasToBegin) = try state.withLock { state throws(JobsError) in
            try state.probe()
            return (state.commit, state.beginWriting())
        }
        if hasToBegin { journalQueue.async { self.writeWhatGathers() } }
        try await commit?.wait()
    }

    /// Looks at the jobs, and returns when all that was seen is on the disk.
    private func read<Value: Sendable>(_ body: @Sendable (MemoryJobs) -> Value) async throws
        -> Value
    {
        let (value, commit) = state.withLock { (body($0.jobs), $0.commit) }
        try await commit?.wait()
        return value
    }

    /// Carries out an operation, and returns when all that its answer tells of is on the disk.
    private func change<Value: Sendable>(
        _ body: @Sendable (inout MemoryJobs, Timestamp) -> Value
    ) async throws -> Value {
        let (value, commit) = try begin(body)
        try await commit?.wait()
        return value
    }

    /// Starts jobs. Those that a caller does not wait for are taken back.
    private func starting(
        _ body: @Sendable (inout MemoryJobs, Timestamp) -> [StartedJob]
    ) async throws -> [StartedJob] {
        let (started, commit) = try begin(body)
        do {
            try await commit?.wait()
        } catch let error as CancellationError {
            // Where that is refused, the leases lapse.
            _ = try? begin { jobs, now in
                for started in started { _ = jobs.change(.release(started), at: now) }
            }
            throw error
        }
        return started
    }

    /// Carries out an operation, and has it written.
    /// - Returns: its answer, and what to wait for before that is given.
    private func begin<Value: Sendable>(
        _ body: @Sendable (inout MemoryJobs, Timestamp) -> Value
    ) throws -> (value: Value, commit: Commit?) {
        let (value, commit, hasToBegin) = try state.withLock { state in
            let now = clock()
            let value = try state.change { body(&$0, now) }
            return (value, state.commit, state.beginWriting())
        }
        if hasToBegin { journalQueue.async { self.writeWhatGathers() } }
        return (value, commit)
    }
}

extension FileJobsPersistence: JobsCensus {
    /// Visits all jobs, in slices as a list does; changes that are not on the disk yet are counted.
    public func census(maxRetries: Int) async throws -> [ExactText: JobCounts] {
        var counts: [ExactText: JobCounts] = [:]
        try await MemoryJobs.inSlices { position in
            state.withLock {
                $0.jobs.count(
                    &counts, after: position, limit: MemoryJobs.slice, maxRetries: maxRetries,
                    at: clock())
            }
        }
        return counts
    }
}
