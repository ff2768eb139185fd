public import Jobs

extension MongoJobsPersistence {
    public func extend(_ extensions: [LeaseExtension]) async throws -> [Result<Job?, JobsError>] {
        try await change(
            extensions.map { extended in
                LeaseChange(lease: extended.lease, timeout: extended.timeout) {
                    Pipelines.extend($0, timeout: extended.timeout)
                }
            }
        ).jobs
    }

    /// A completion that only repeats one is told by the time, and so counted again if it comes within
    /// about a millisecond, or within a second where the server's time was not asked for lately.
    public func complete(_ leases: [LeaseReference]) async throws -> [Result<Job?, JobsError>] {
        let clock = collection.clock
        let since = clock.now() ?? clock.estimate()?.advanced(by: -1000) ?? .min
        let results = try await change(
            leases.map { LeaseChange(lease: $0, needsLease: false) { Pipelines.complete($0) } })
        var counted: Set<JobID> = []
        for case .success(let found?) in results where counted.insert(found.job.id).inserted {
            guard let completed = found.job.completed, completed >= since else { continue }
            metrics.of(found.job.type).completed(completed, started: found.lastStarted)
        }
        return results.jobs
    }

    /// One command for each job, since what became of an aborted one cannot be told later: the next
    /// worker may have it before anybody has read it again.
    public func abort(_ aborts: [LeaseAbort]) async throws -> [Result<Job?, JobsError>] {
        // Where one lease is aborted twice, the second time changes nothing.
        try await each(
            aborts.map { abort in
                LeaseChange(lease: abort.lease) {
                    Pipelines.abort($0, delay: abort.delay)
                }
            }
        ).checked.jobs
    }
}
