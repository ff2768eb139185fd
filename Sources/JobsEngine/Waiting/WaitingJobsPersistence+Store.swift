public import Jobs

/// Calls that make jobs claimable notify the waiting lines.
extension WaitingJobsPersistence {
    public func add(_ newJobs: [NewJob]) async throws -> [Result<Job, JobsError>] {
        let results = try await base.add(newJobs)
        tell {
            zip(newJobs, results).compactMap { newJob, result in
                (try? result.get()).map { JobNews(added: $0, newJob) }
            }
        }
        return results
    }

    public func add(_ addition: RecordedAddition) async throws -> RecordedJobs? {
        let added = try await base.add(addition)
        if let added {
            tell {
                zip(added.jobs, addition.newJobs).map { JobNews(added: $0, $1) }
            }
        }
        return added
    }

    public func addUnique(_ newJob: NewJob) async throws -> Job {
        let job = try await base.addUnique(newJob)
        tell { [JobNews(added: job, newJob)] }
        return job
    }

    public func start(_ start: Start) async throws -> StartedJob? {
        let started = try await base.start(start)
        if let started { tell { [JobNews(started.job, delay: start.timeout)] } }
        return started
    }

    public func claim(_ claim: Claim) async throws -> [StartedJob] {
        guard claim.alternatives.isEmpty else { return try await claimAny(claim, .none) }
        return try await look(claim) ?? []
    }

    /// Claims jobs that are ready.
    ///
    /// - Returns: The started jobs, and none if the claim was served before; `nil` if there are
    ///   none.
    func look(_ claim: Claim) async throws -> [StartedJob]? {
        let started = try await startReady(claim)
        return started.isEmpty ? try await served(claim) : started
    }

    /// Claims jobs that are ready. A claim that was served before gets its jobs, unless its type is
    /// paused or has reached its limits.
    func startReady(_ claim: Claim) async throws -> [StartedJob] {
        let started = try await base.claim(claim)
        tell {
            started.lazy.filter { !$0.isRepeated }.map { JobNews($0.job, delay: claim.timeout) }
        }
        return started
    }

    /// Returns the jobs of a claim that was served before, also while its type is paused or has
    /// reached its limits; `nil` if it was not.
    func served(_ claim: Claim) async throws -> [StartedJob]? {
        guard let request = claim.requestID.map({ ExactText($0) }) else { return nil }
        return try await base.served([request], type: claim.type)[request]
    }

    public func change(_ changes: [JobChange]) async throws -> [Result<Job?, JobsError>] {
        let results = try await base.change(changes)
        tell {
            zip(changes, results).compactMap { change, result in
                guard let job = try? result.get(), let delay = change.act.delay(of: job) else {
                    return nil
                }
                return JobNews(job, delay: delay)
            }
        }
        return results
    }

    public func treat(_ batch: JobBatch) async throws -> BatchOutcome {
        let outcome = try await base.treat(batch)
        if case .change(.replay(let replay)) = batch.work, outcome.done > 0 {
            tell { batch.jobs.map { JobNews($0, delay: replay.delay ?? 0) } }
        }
        return outcome
    }
}

extension JobNews {
    fileprivate init(added job: Job, _ newJob: NewJob) {
        self.init(id: job.id, type: job.type, delay: newJob.delay ?? 0, isNew: true)
    }

    fileprivate init(_ job: Job, delay: Int64 = 0) {
        self.init(id: job.id, type: job.type, delay: delay, isNew: false)
    }
}
