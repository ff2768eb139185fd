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
    ///   - path: of the snapshot. The files beside it are named after it.
    ///   - maxPageSize: the most jobs that a list returns at once.
    ///   - clock: the time by which leases are judged and jobs are stamped.
    /// - Throws: ``FileStoreError``
    public static func open(
        path: String, maxPageSize: Int = 1000, clock: SteadyClock = SteadyClock(),
        metrics: JobMetrics = JobMetrics(), logger: Logger
    ) async throws -> FileJobsPersistence {
        try await open(
            path: path, files: .system, limits: Limits(), maxPageSize: maxPageSize, clock: clock,
            metrics: metrics, logger: logger)
    }

    static func open(
        path: String, files: FileCalls, limits: Limits, maxPageSize: Int = 1000,
        clock: SteadyClock, metrics: JobMetrics = JobMetrics(),
        logger: Logger
    ) async throws -> FileJobsPersistence {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue(label: "jobs.opening").async {
                continuation.resume(
                    with: Result {
                        try openBlocking(
                            FileNames(path), files, limits, maxPageSize, clock, metrics, logger)
                    })
            }
        }
    }

    private static func openBlocking(
        _ names: FileNames, _ files: FileCalls, _ limits: Limits, _ maxPageSize: Int,
        _ clock: SteadyClock, _ metrics: JobMetrics, _ logger: Logger
    ) throws -> FileJobsPersistence {
        let lock = try lock(names)
        let recovery = try Recovery(names, at: clock.now(), metrics: metrics)
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
            throw FileStoreError(.unwritable, names.lock, "\(error)")
        }
    }

    /// Writes everything into the snapshot, so that any version of the service can take over, and
    /// gives the files up. Changes are refused from now on.
    ///
    /// If that is not possible, or is interrupted, the journal stays, and nothing is lost.
    public func close() async {
        state.withLock { $0.standing = .closed }
        await withCheckedContinuation { continuation in
            compactionQueue.async {
                self.closeBlocking()
                continuation.resume()
            }
        }
    }

    private func closeBlocking() {
        try? state.withLock { $0.commit }?.waitBlocking()
        do {
            if journal.withLock({ $0.hasChanges }) { try writeSnapshot() }
            journal.withLock { $0.removeSegments() }
        } catch {
            logger.warning("\(names.snapshot) is not up to date without its journal: \(error)")
        }
        journal.withLock { $0.close() }
        lock.withLock { $0 = nil }
    }
}
