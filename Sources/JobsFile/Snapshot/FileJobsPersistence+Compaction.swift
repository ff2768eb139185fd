import Dispatch
import Jobs
import JobsMemory
import Logging
import Synchronization

/// The state that decides when the next snapshot is written.
struct Compaction: Sendable {
    var isUnderWay = false
    var notBefore = ContinuousClock.now
    /// The length of the existing snapshot, in bytes.
    var snapshotLength = 0
}

/// The work on the queue of the snapshots.
extension FileJobsPersistence {
    /// Starts writing a snapshot if the journal has outgrown the existing one.
    func compactIfDue() {
        let (length, segments) = journal.withLock { ($0.length, $0.segments.count) }
        let isDue = compaction.withLock { compaction in
            guard
                length > max(limits.journalLength, compaction.snapshotLength)
                    || segments > limits.segments,
                !compaction.isUnderWay, ContinuousClock.now >= compaction.notBefore
            else { return false }
            compaction.isUnderWay = true
            return true
        }
        if isDue { compactionQueue.async { self.compact() } }
    }

    private func compact() {
        do {
            try checkSpace()
            try writeSnapshot()
        } catch {
            logger.warning("The journal of \(names.snapshot) stays long: \(error)")
            compaction.withLock { $0.notBefore = .now + limits.pause }
        }
        compaction.withLock { $0.isUnderWay = false }
    }

    /// Fails if the disk has not enough space for a snapshot, since changes need the space too.
    private func checkSpace() throws(FileError) {
        let wanted =
            journal.withLock { $0.length } + compaction.withLock { $0.snapshotLength }
        if let free = files.freeSpace(names.directory), free < wanted {
            throw .noSpace(for: names.newSnapshot)
        }
    }

    /// Writes a new snapshot after a write with an unknown outcome, then accepts changes again.
    func resume() {
        let isWanted = state.withLock { state in
            if case .suspended = state.standing { return true }
            return false
        }
        guard isWanted else { return }
        do {
            try writeSnapshot()
            state.withLock { if $0.standing != .closed { $0.standing = .open } }
            logger.notice("\(names.snapshot) can be written again")
        } catch {
            logger.error("\(names.snapshot) cannot be written: \(error)")
            compactionQueue.asyncAfter(deadline: .now() + 1) { self.resume() }
        }
    }

    /// Replaces the old snapshot and the journal so far with a new snapshot of all jobs.
    ///
    /// Jobs may change in the meantime. The steps are:
    ///
    /// 1. The journal begins a new segment. Its records correct every job that the snapshot
    ///    contains in an older or newer state. 2. The snapshot is written to a new file. 3. The
    ///    journal records the identity of the snapshot. After that, all changes that the snapshot
    ///    contains are on the disk. 4. The new file is renamed to the snapshot, and the older
    ///    segments are removed.
    ///
    /// After an interruption at any step, the existing files are consistent.
    func writeSnapshot() throws {
        let generation = try journal.withLock { journal throws(FileError) in
            try journal.beginSegmentIfUsed()
        }
        let rollbacks = state.withLock { $0.rollbacks }
        var snapshot = try SnapshotWriter(names, files)
        let identity: SnapshotIdentity
        do {
            var position: JobID?
            repeat {
                let slice = state.withLock { $0.jobs.stored(after: position, limit: 1000) }
                try snapshot.append(slice.jobs)
                progress.add(1, ordering: .relaxed)
                position = slice.next
            } while position != nil
            identity = try snapshot.finish()
            progress.add(1, ordering: .relaxed)
            try announce(identity, rollbacks: rollbacks)
            progress.add(1, ordering: .relaxed)
            try snapshot.publish()
        } catch {
            snapshot.abandon()
            throw error
        }
        journal.withLock { $0.removeSegments(before: generation) }
        compaction.withLock { $0.snapshotLength = Int(identity.length) }
    }

    private func announce(_ snapshot: SnapshotIdentity, rollbacks: Int) throws {
        let (commit, hasToBegin) = try state.withLock { state throws(JobsError) in
            (try state.announce(snapshot, rollbacks: rollbacks), state.beginWriting())
        }
        if hasToBegin { journalQueue.async { self.writeWhatGathers() } }
        try commit.waitBlocking()
    }
}
