public import Jobs
import JobsMemory

/// The parts and the batches of bulk operations.
extension FileJobsPersistence {
    public func slice(_ filter: JobFilter, after id: JobID?, examining limit: Int) async throws
        -> JobSlice
    {
        try await read { [clock] jobs in
            jobs.slice(filter, after: id, examining: limit, at: clock())
        }
    }

    public func treat(_ batch: JobBatch) async throws -> BatchOutcome {
        // The lines of one call are in one batch of the journal, which is read as a whole or not at
        // all.
        try await change { jobs, now in jobs.treat(batch, at: now) }
    }
}
