public import Jobs
import Synchronization

extension MemoryJobsPersistence {
    /// Counts the jobs, in slices like a list.
    public func census(maxRetries: Int, of type: String?) async throws -> [ExactText: JobCounts] {
        var counts: [ExactText: JobCounts] = [:]
        try await MemoryJobs.inSlices { position in
            jobs.withLock {
                $0.count(
                    &counts, after: position, limit: MemoryJobs.slice, maxRetries: maxRetries,
                    at: clock())
            }
        }
        return counts
    }

    public func countAhead(of job: Job, maxRetries: Int, limit: Int) -> Int {
        jobs.withLock {
            $0.countAhead(of: job.id, maxRetries: maxRetries, limit: limit, at: clock())
        }
    }
}

extension MemoryJobs {
    /// Counts the ready jobs that claims get before another job, up to `limit`.
    ///
    /// - Returns: 0 also if the job does not exist or is not ready.
    package func countAhead(of id: JobID, maxRetries: Int, limit: Int, at now: Timestamp) -> Int {
        guard let record = record(id) else { return 0 }
        return record.queue.countAhead(
            of: record, maxRetries: maxRetries, limit: limit, at: now)
    }
}
