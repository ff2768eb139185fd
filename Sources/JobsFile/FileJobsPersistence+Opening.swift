import Dispatch
public import Jobs
import JobsMemory
public import Logging
import Synchronization

extension FileJobsPersistence {
    /// Opens the store at a path, or creates the store and its directory.
    ///
    /// The call reads all jobs, which takes seconds for a million jobs.
    ///
    /// - Parameters:
    ///   - path: The path of the snapshot. The other files of the store are next to it and have its
    ///     name as a prefix. If the path is a symbolic link, they are next to its target.
    ///   - maxPageSize: The maximum number of jobs on a page of a list.
    ///   - clock: The clock by which leases are judged and jobs are stamped.
    /// - Throws: ``FileStoreError``; `CancellationError` at once if the caller is cancelled.
    public static func open(
        path: String, maxPageSize: Int = 1000, clock: SteadyClock = SteadyClock(),
        observer: any JobObserver = IgnoringObserver(), logger: Logger
    ) async throws -> FileJobsPersistence {
        try await open(
            path: path, files: .system, limits: Limits(), maxPageSize: maxPageSize, clock: clock,
            observer: observer, logger: logger)
    }

    static func open(
        path: String, files: FileCalls, limits: Limits, maxPageSize: Int = 1000,
        clock: SteadyClock, observer: any JobObserver = IgnoringObserver(),
        logger: Logger
    ) async throws -> FileJobsPersistence {
        let opening = Opening()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                opening.begin(continuation)
                DispatchQueue(label: "jobs.opening").async {
                    opening.finish(
                        Result {
                            try openBlocking(
                                path, files, limits, maxPageSize, clock, observer, logger)
                        })
                }
            }
        } onCancel: {
            // The caller does not wait. A store that is opened later is released with its lock.
            opening.finish(.failure(CancellationError()))
        }
    }

    private static func openBlocking(
        _ path: String, _ files: FileCalls, _ limits: Limits, _ maxPageSize: Int,
        _ clock: SteadyClock, _ observer: any JobObserver, _ logger: Logger
    ) throws -> FileJobsPersistence {
        let place = try FilePlace(path)
        if let warning = place.warning { logger.warning("\(warning)") }
        let names = place.names
        let lock = try lock(names)
        let recovery = try Recovery(names, at: clock.now(), observer: observer)
        advance(clock, beyond: recovery.jobs, names, logger)
        if recovery.tornBytes > 0 {
            logger.warning(
                """
                The last \(recovery.tornBytes) bytes of the journal of \(names.snapshot) were never \
                completed and are left out
                """)
        }
        var journal = JournalWriter(names, files, segments: recovery.segments)
        do {
            // A journal without changes is replaced by one that belongs to the existing snapshot.
            if recovery.hasChanges {
                try journal.beginSegment()
            } else {
                try journal.beginSegment(
                    snapshot: .some(recovery.snapshot), records: recovery.jobs.storedRecords)
            }
        } catch {
            throw FileStoreError(.unwritable, names.segment(journal.generation + 1), "\(error)")
        }
        if !recovery.hasChanges { journal.removeSegments(before: journal.generation) }
        // The remains of a snapshot that a crash has interrupted, if there are any.
        try? files.remove(names.newSnapshot)
        let store = FileJobsPersistence(
            names, files, limits: limits, maxPageSize: maxPageSize, clock: clock.now,
            logger: logger,
            jobs: recovery.jobs, journal: journal,
            compaction: Compaction(snapshotLength: Int(recovery.snapshot?.length ?? 0)), lock: lock)
        // Each start that ends in a crash leaves a segment, even without changes.
        store.compactIfDue()
        return store
    }

    /// Sets the clock to at least the newest timestamp of the jobs, since the clock of the machine
    /// may have been set back before the start.
    private static func advance(
        _ clock: SteadyClock, beyond jobs: borrowing MemoryJobs, _ names: FileNames,
        _ logger: Logger
    ) {
        let now = clock.now()
        guard let newest = jobs.newestTime(at: now), newest > now else { return }
        clock.advance(to: newest.advanced(by: 1))
        guard newest > now.advanced(by: 1000) else { return }
        logger.warning(
            """
            \(names.snapshot) holds jobs of \(newest), and the clock of this machine shows \(now): the \
            time of the jobs goes on from there, ahead of the clock until that has caught up
            """)
    }

    private static func lock(_ names: FileNames) throws -> LockFile {
        do {
            try names.makeDirectory()
        } catch {
            throw FileStoreError(.unwritable, names.directory, "\(error)")
        }
        do {
            return try LockFile(names.lock)
        } catch let error as LockFile.Held {
            throw FileStoreError(.inUse, names.snapshot, "is in use by \(error.holder)")
        } catch {
            throw FileStoreError(
                .unwritable, names.lock,
                "\(error); the store has to create and write files in this directory")
        }
    }
}

/// The outcome of opening a store: the store, an error, or the cancellation of the caller.
private final class Opening: Sendable {
    typealias Outcome = Result<FileJobsPersistence, any Error>

    private struct State {
        var continuation: CheckedContinuation<FileJobsPersistence, any Error>?
        var outcome: Outcome?
    }

    private let state = Mutex(State())

    func begin(_ continuation: CheckedContinuation<FileJobsPersistence, any Error>) {
        let outcome = state.withLock { state in
            if state.outcome == nil { state.continuation = continuation }
            return state.outcome
        }
        if let outcome { continuation.resume(with: outcome) }
    }

    /// Sets the outcome. Only the first call has an effect.
    func finish(_ outcome: Outcome) {
        let continuation = state.withLock { state in
            if state.outcome == nil { state.outcome = outcome.map { $0 } }
            defer { state.continuation = nil }
            return state.continuation
        }
        continuation?.resume(with: outcome)
    }
}
