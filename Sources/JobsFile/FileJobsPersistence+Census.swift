public import Jobs
import JobsMemory
import Synchronization

extension FileJobsPersistence {
    /// Counts the jobs, in slices like a list, including changes that are not on the disk yet.
    public func census(maxRetries: Int, of type: String?) async throws -> [ExactText: JobCounts] {
        var counts: [ExactText: JobCounts] = [:]
        try await MemoryJobs.inSlices { position in
            state.withLock {
                $0.jobs.count(
                    &counts, after: position, limit: MemoryJobs.slice, maxRetries: maxRetries,
                    at: clock())
            }
        }
        return counts
    }

    public func countAhead(of job: Job, maxRetries: Int, limit: Int) async throws -> Int {
        state.withLock {
            $0.jobs.countAhead(of: job.id, maxRetries: maxRetries, limit: limit, at: clock())
        }
    }
}
