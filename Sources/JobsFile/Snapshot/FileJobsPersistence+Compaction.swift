import Dispatch
import Jobs
import JobsMemory
import Logging
import Synchronization

/// When the next snapshot may be written.
struct Compaction: Sendable {
    var isUnderWay = false
    var notBefore = ContinuousClock.now
    /// Of the snapshot that there is.
    var snapshotLength = 0
}

/// What runs on the queue of the snapshots, and brings it about.
extension FileJobsPersistence {
    /// Has a snapshot written if the journal has grown beyond what is worth to be read again.
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

    /// Does not begin what would only take the room away that changes need.
    private func checkSpace() throws(FileError) {
        let wanted =
            journal.withLock { $0.length } + compaction.withLock { $0.snapshotLength }
        if let free = files.freeSpace(names.directory), free < wanted {
            throw .noSpace(for: names.newSnapshot)
        }
    }

    /// Takes changes again, after nobody knew what was on the disk, once all jobs are there anew.
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

    /// Puts a snapshot of all jobs in the place of the old one and of the journal so far.
    ///
    /// Jobs go on changing meanwhile. The journal goes on in a new segment first: read after the
    /// snapshot from its beginning, that makes up for whatever the snapshot has caught too early or
    /// too late. When it also says which snapshot it belongs to, and with that all that the snapshot
    /// holds is on the disk, the snapshot takes its place, and then the older segments go. Whatever is
    /// interrupted, the files that there are fit together.
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
