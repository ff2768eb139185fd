public import Jobs
import Synchronization

/// The parts and the batches of bulk operations.
extension MemoryJobs {
    package func slice(
        _ filter: JobFilter, after id: JobID?, examining limit: Int, at now: Timestamp
    ) -> JobSlice {
        var slice = JobSlice()
        slice.end = visit(after: id, limit: max(limit, 1)) { job in
            if filter.matches(job, at: now) { slice.jobs.append(job) }
            return true
        }
        return slice
    }

    package mutating func treat(_ batch: JobBatch, at now: Timestamp) -> BatchOutcome {
        var outcome = BatchOutcome()
        for id in batch.jobs.map(\.id) {
            guard let job = get(id), batch.filter.matches(job, at: now) else { continue }
            switch batch.work {
            case .delete:
                if delete(id) != nil { outcome.done += 1 }
            case .change(let act):
                guard job.applying(act, at: now) != nil,
                    case .success = change(JobChange(id, act), at: now)
                else { continue }
                outcome.done += 1
            }
        }
        return outcome
    }
}

extension MemoryJobsPersistence {
    public func slice(_ filter: JobFilter, after id: JobID?, examining limit: Int) -> JobSlice {
        jobs.withLock { $0.slice(filter, after: id, examining: limit, at: clock()) }
    }

    public func treat(_ batch: JobBatch) -> BatchOutcome {
        jobs.withLock { $0.treat(batch, at: clock()) }
    }
}
