import Dispatch
public import Jobs
import JobsMemory
import Logging
import Synchronization

/// A store in memory and in a file, for one process: durable without a database.
///
/// The file is a snapshot of all jobs, an array of JSON objects that older services can read. The
/// changes since the snapshot are in a journal next to it. A call returns when its change is on the
/// disk; changes that arrive during a write share the next write. When the journal outgrows the
/// snapshot, the store writes a new snapshot while it serves calls.
///
/// An operation costs as much as in the memory store, and each change adds a line to the journal.
/// If the disk is full or fails, the calls whose changes were not written throw
/// ``JobsError/unavailable(reason:)``, their changes are taken back, and the next change tries
/// again. If the disk does not respond, calls throw the same error after ten seconds, and later
/// calls throw it at once. The changes that were being written may have taken effect.
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
    /// The queue on which the journal is written.
    let journalQueue = DispatchQueue(label: "jobs.journal")
    /// The queue on which snapshots are written.
    let compactionQueue = DispatchQueue(label: "jobs.compaction")
    /// The queue on which the progress of the other queues is checked. No work on it blocks.
    let watchQueue = DispatchQueue(label: "jobs.watch")
    /// A counter that increases with each step of writing a snapshot.
    let progress = Atomic(0)
    private let maxPageSize: Int

    struct Limits: Sendable {
        /// The length of the journal, in bytes, up to which no snapshot is written.
        var journalLength = 16 << 20
        /// The maximum number of segments of the journal. Each start of the service makes one.
        var segments = 16
        /// The pause after a snapshot could not be written.
        var pause = Duration.seconds(60)
        /// How long one operation of the disk may take before calls fail.
        var patience = Duration.seconds(10)
        /// The number of checks of one operation during the patience.
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
        try await change { jobs, now in newJobs.map { jobs.addOnce($0, at: now) } }
    }

    public func addUnique(_ newJob: NewJob) async throws -> Job {
        try await change { jobs, now in jobs.addUnique(newJob, at: now) }.get()
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
                return state.jobs.fill(
                    &page, after: position, limit: MemoryJobs.slice, at: clock())
            }
        }
        try await commit?.wait()
        guard state.withLock({ $0.rollbacks }) == rollbacks else {
            throw JobsError.unavailable(reason: "changes that the list may show were taken back")
        }
        return page.page
    }

    public func errors(_ query: ErrorQuery) async throws -> ErrorGroups {
        var errors = ErrorsInProgress(query)
        var commit: Commit?
        let rollbacks = try state.withLock { state in
            if state.isStalled { try state.admit() }
            return state.rollbacks
        }
        repeat {
            state.withLock { state in
                commit = state.commit
                state.jobs.advance(&errors, at: clock())
            }
            try Task.checkCancellation()
            await Task.yield()
        } while errors.result == nil
        try await commit?.wait()
        guard let result = errors.result, state.withLock({ $0.rollbacks }) == rollbacks else {
            throw JobsError.unavailable(reason: "changes that the groups may show were taken back")
        }
        return result
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

    public func served(_ requests: Set<ExactText>, type: String) async throws
        -> [ExactText: [StartedJob]]
    {
        try await change { jobs, now in jobs.served(requests, type: type, at: now) }
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
    public func clean(_ cleaning: Cleaning) async throws -> CleanedJobs {
        var all = CleanedJobs()
        try await MemoryJobs.inSlices { position in
            let (next, cleaned) = try await change { jobs, now in
                jobs.clean(
                    after: position, limit: MemoryJobs.slice, cleaning, at: now)
            }
            all += cleaned
            return next
        }
        return all
    }

    /// Checks whether changes can be written. If the last write failed, the check tries a write.
    ///
    /// - Throws: ``JobsError/unavailable(reason:)`` if changes cannot be written.
    public func check() async throws {
        let (commit, hasToBegin) = try state.withLock { state throws(JobsError) in
            try state.probe()
            return (state.commit, state.beginWriting())
        }
        if hasToBegin { journalQueue.async { self.writeWhatGathers() } }
        try await commit?.wait()
    }

    /// Reads jobs, and returns when everything it has read is on the disk.
    func read<Value: Sendable>(_ body: @Sendable (MemoryJobs) -> Value) async throws
        -> Value
    {
        let (value, commit) = state.withLock { (body($0.jobs), $0.commit) }
        try await commit?.wait()
        return value
    }

    /// Carries out an operation, and returns when everything in its result is on the disk.
    func change<Value: Sendable>(
        _ body: @Sendable (inout MemoryJobs, Timestamp) -> Value
    ) async throws -> Value {
        let (value, commit) = try begin(body)
        try await commit?.wait()
        return value
    }

    /// Starts jobs. If the caller is cancelled before they are on the disk, the starts are taken
    /// back, except those of requests, which may be repeated.
    private func starting(
        _ body: @Sendable (inout MemoryJobs, Timestamp) -> [StartedJob]
    ) async throws -> [StartedJob] {
        let (started, commit) = try begin(body)
        do {
            try await commit?.wait()
        } catch let error as CancellationError {
            // If this is refused, the leases lapse at their end.
            _ = try? begin { jobs, now in
                for started in started where started.job.claimRequest == nil {
                    _ = jobs.change(.release(started), at: now)
                }
            }
            throw error
        }
        return started
    }

    /// Carries out an operation, and starts writing its changes.
    ///
    /// - Returns: The result, and the commit to wait for before the result is returned.
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
