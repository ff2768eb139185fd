package import Jobs

/// The operations for a store that also keeps the jobs on a disk.
extension MemoryJobs {
    /// Returns the changes since the last call, in order; empty unless changes are recorded.
    package mutating func takeChanges() -> [StoredChange] {
        defer { changes = [] }
        return changes
    }

    /// Returns up to `limit` jobs after `id`, ordered by id, and where to continue; `nil` at the
    /// end.
    package func stored(after id: JobID?, limit: Int) -> (jobs: [StoredJob], next: JobID?) {
        var jobs: [StoredJob] = []
        let next = visitRecords(after: id, limit: limit) { record in
            jobs.append(record.stored)
            return true
        }
        return (jobs, next)
    }

    package func stored(_ id: JobID) -> StoredJob? {
        record(id)?.stored
    }

    /// Adds or replaces a job without recording a change.
    ///
    /// - Returns: Whether the job existed.
    @discardableResult
    package mutating func restore(_ stored: StoredJob, at now: Timestamp) -> Bool {
        let existing = record(stored.job.id)
        if let existing { delete(existing) }
        let queue = queue(of: stored.job.type)
        var stored = stored
        stored.job.type = queue.type
        insert(JobRecord(stored, queue: queue), at: now)
        return existing != nil
    }

    /// Removes a job, if it exists, without recording a change.
    package mutating func forget(_ id: JobID) {
        if let record = record(id) { delete(record) }
    }

    /// Takes back a change, which must be the last one that was not taken back.
    package mutating func undo(_ change: StoredChange, at now: Timestamp) {
        switch change {
        case .added(let job): forget(job.job.id)
        case .changed(let before, _), .removed(let before): restore(before, at: now)
        case .cleared(let old):
            let ids = ids
            self = old
            self.ids = ids
        case .record(let stored, let before): records.set(stored.kind, stored.key, before)
        }
    }
}
