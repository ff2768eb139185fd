import Dispatch
import Jobs
import Synchronization

/// What runs on the journal's queue.
extension FileJobsPersistence {
    /// Writes batch after batch, as long as there is anything to write.
    func writeWhatGathers() {
        while let (payload, hasChanges) = state.withLock({ $0.takeBatch() }) {
            do {
                try journal.withLock { journal throws(JournalWriter.Failure) in
                    try journal.append(payload, hasChanges: hasChanges)
                }
                state.withLock { $0.settle() }?.finish()
                compactIfDue()
            } catch {
                takeBack(error)
            }
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
