package import Jobs

/// What a store needs that keeps jobs elsewhere, too.
extension MemoryJobs {
    /// What was changed since the last time, in order; nothing unless it is recorded.
    package mutating func takeChanges() -> [StoredChange] {
        defer { changes = [] }
        return changes
    }

    /// Up to `limit` jobs behind `id` in the order of ids, and where to go on; nil at the end.
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

    /// Has a job be as it is given, whether it is there or not. Not recorded.
    /// - Returns: whether it was there.
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

    /// Has a job not be there. Not recorded.
    package mutating func forget(_ id: JobID) {
        if let record = record(id) { delete(record) }
    }

    /// Takes back the last change that has not been taken back.
    package mutating func undo(_ change: StoredChange, at now: Timestamp) {
        switch change {
        case .added(let job): forget(job.job.id)
        case .changed(let before, _), .removed(let before): restore(before, at: now)
        case .cleared(let old):
            let ids = ids
            self = old
            self.ids = ids
        }
    }
}
