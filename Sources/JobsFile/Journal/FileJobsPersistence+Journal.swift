import Dispatch
import Jobs
import Logging
import Synchronization

/// The work on the queue of the journal.
extension FileJobsPersistence {
    /// Writes batches until there are no more changes to write.
    func writeWhatGathers() {
        while let batch = state.withLock({ $0.takeBatch() }) {
            if batch.hasToBeWatched { watch() }
            do {
                try journal.withLock { journal throws(JournalWriter.Failure) in
                    try journal.append(batch.payload, hasChanges: batch.hasChanges)
                }
                let (wasStalled, settled) = state.withLock { ($0.isStalled, $0.settle()) }
                settled?.finish()
                if wasStalled { logger.notice("The disk of \(names.snapshot) answers again") }
                compactIfDue()
            } catch {
                takeBack(error)
            }
        }
    }

    /// Checks the progress of the journal several times within the patience, while a batch is
    /// written.
    private func watch() {
        watchQueue.asyncAfter(deadline: .now() + limits.lookInterval) { [weak self] in
            guard let self else { return }
            let commits = state.withLock { $0.look(limit: Limits.looks, at: clock()) }
            guard let commits else { return }
            if !commits.isEmpty {
                logger.error(
                    """
                    The disk of \(names.snapshot) has not answered for \(limits.patience): calls are \
                    refused until it does
                    """)
                let reason = "\(names.snapshot): the disk has not answered for \(limits.patience)"
                for commit in commits { commit.finish(.failure(.unavailable(reason: reason))) }
            }
            watch()
        }
    }

    private func takeBack(_ failure: JournalWriter.Failure) {
        let error = JobsError.unavailable(reason: "\(names.snapshot): \(failure.cause)")
        let commits = state.withLock { state in
            if failure.leavesDoubt, state.standing == .open {
                state.standing = .suspended(reason: "\(names.snapshot): \(failure.cause)")
            }
            return state.rollBack(at: clock())
        }
        for commit in commits { commit.finish(.failure(error)) }
        if failure.leavesDoubt { compactionQueue.async { self.resume() } }
    }
}
