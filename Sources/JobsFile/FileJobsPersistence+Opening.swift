import Dispatch
public import Jobs
import JobsMemory
public import Logging
import Synchronization

extension FileJobsPersistence {
    /// Opens the store at a path, or makes one there; the directory, too, if it is missing.
    ///
    /// Reads everything, which takes seconds for a million jobs.
    /// - Parameters:
    ///   - path: of the snapshot. The files beside it are named after it. A symbolic link is followed,
    ///     and the files lie beside what it leads to.
    ///   - maxPageSize: the most jobs that a list returns at once.
    ///   - clock: the time by which leases are judged and jobs are stamped.
    /// - Throws: ``FileStoreError``, and `CancellationError` if the caller is cancelled, at once.
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
            // Whatever it waits for; a store that is opened after all is given up with its lock.
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
            // A journal that says nothing of jobs gives way to one for the snapshot that is there.
            try journal.beginSegment(snapshot: recovery.hasChanges ? nil : .some(recovery.snapshot))
        } catch {
            throw FileStoreError(.unwritable, names.segment(journal.generation + 1), "\(error)")
        }
        if !recovery.hasChanges { journal.removeSegments(before: journal.generation) }
        // What a crash has interrupted; mostly there is none.
        try? files.remove(names.newSnapshot)
        let store = FileJobsPersistence(
            names, files, limits: limits, maxPageSize: maxPageSize, clock: clock.now,
            logger: logger,
            jobs: recovery.jobs, journal: journal,
            compaction: Compaction(snapshotLength: Int(recovery.snapshot?.length ?? 0)), lock: lock)
        // Starts that end in crashes leave segments behind, also where nothing changes.
        store.compactIfDue()
        return store
    }

    /// Has the time go on behind what the jobs were stamped with before the start: the machine's clock
    /// may have been set back since.
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
                "\(error), and files have to be made and written in this directory")
        }
    }
}

/// What a caller waits for that opens a store: the store, or its own cancellation.
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

    /// Only the first time counts.
    func finish(_ outcome: Outcome) {
        let continuation = state.withLock { state in
            if state.outcome == nil { state.outcome = outcome.map { $0 } }
            defer { state.continuation = nil }
            return state.continuation
        }
        continuation?.resume(with: outcome)
    }
}
