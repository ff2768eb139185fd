import Dispatch
import Jobs
import JobsMemory
import Logging
import Synchronization

extension FileJobsPersistence {
    /// Writes all jobs into the snapshot, so that every version of the service can read them, and
    /// releases the files. From now on changes are refused. The journal stays only if there are
    /// records beside the jobs.
    ///
    /// If the snapshot fails or is interrupted, the journal stays and no job is lost. So the call
    /// does not wait for a disk that does not respond. Cancellation has no effect.
    public func close() async {
        let closing = Commit()
        if state.withLock({ $0.beClosed() }) {
            closing.finish(.failure(.unavailable(reason: "the disk does not answer")))
        } else {
            compactionQueue.async {
                self.closeBlocking()
                closing.finish(.success(()))
            }
            watch(closing, progress: progress.load(ordering: .relaxed))
        }
        do {
            try await closing.waitShielded()
        } catch {
            logger.warning(
                """
                \(names.snapshot) is not up to date without its journal: the disk does not answer
                """)
        }
    }

    /// Ends the wait for the closing after several checks in a row without progress.
    private func watch(_ closing: Commit, progress seen: Int, looks: Int = 0) {
        watchQueue.asyncAfter(deadline: .now() + limits.lookInterval) {
            guard !closing.isDone else { return }
            let progress = self.progress.load(ordering: .relaxed)
            let looks = progress == seen ? looks + 1 : 0
            if looks >= Limits.looks {
                closing.finish(.failure(.unavailable(reason: "the disk does not answer")))
            } else {
                self.watch(closing, progress: progress, looks: looks)
            }
        }
    }

    private func closeBlocking() {
        try? state.withLock { $0.commit }?.waitBlocking()
        do {
            if journal.withLock({ $0.hasChanges }) { try writeSnapshot() }
            // The records are in the journal only.
            let hasRecords = state.withLock { !$0.jobs.storedRecords.isEmpty }
            if !hasRecords { journal.withLock { $0.removeSegments() } }
        } catch {
            logger.warning("\(names.snapshot) is not up to date without its journal: \(error)")
        }
        journal.withLock { $0.close() }
        lock.withLock { $0 = nil }
    }
}
