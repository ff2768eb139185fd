import Dispatch
import Jobs
import Logging
import Synchronization

extension FileJobsPersistence {
    /// Writes everything into the snapshot, so that any version of the service can take over, and
    /// gives the files up. Changes are refused from now on.
    ///
    /// If that is not possible, or is interrupted, the journal stays, and nothing is lost. So it is not
    /// waited for, either, where the disk does not answer. Cancellation changes nothing.
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

    /// Gives the closing up when nothing has happened at several looks in a row.
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
            journal.withLock { $0.removeSegments() }
        } catch {
            logger.warning("\(names.snapshot) is not up to date without its journal: \(error)")
        }
        journal.withLock { $0.close() }
        lock.withLock { $0 = nil }
    }
}
