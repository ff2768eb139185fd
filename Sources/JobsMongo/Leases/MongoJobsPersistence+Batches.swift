import BSON
public import Jobs

/// The batches of bulk operations: one command for many jobs, which returns only how many it has
/// changed.
extension MongoJobsPersistence {
    public func treat(_ batch: JobBatch) async throws -> BatchOutcome {
        guard !batch.jobs.isEmpty else { return BatchOutcome() }
        let query = BSONLiteral.value(batch.filter.query(try await stateQuery(batch.filter)))
        switch batch.work {
        case .delete:
            let ids = batch.jobs.flatMap(\.id.bsons)
            return BatchOutcome(done: try await collection.remove(ids, where: [query]))
        case .change(let act):
            let alone = batch.jobs.filter { act.mayTakeKey(of: $0) }
            let together = batch.jobs.filter { !act.mayTakeKey(of: $0) }
            var outcome = try await change(together, act, query)
            note(together.prefix(outcome.done), act)
            let single = try await changeAlone(alone, act, query)
            outcome.done += single.done
            outcome.refused += single.refused
            outcome.reason = single.reason ?? outcome.reason
            return outcome
        }
    }

    private func change(_ jobs: [Job], _ act: Act, _ query: BSONLiteral) async throws
        -> BatchOutcome
    {
        let (condition, pipeline) = act.ofMany
        let (changed, refused) = try await collection.changing(jobs.flatMap(\.id.bsons)) { ids in
            try await collection.updateManyAgain(
                ["_id": ["$in": .array(ids)], "$and": [query], "$expr": condition], pipeline)
        }
        return BatchOutcome(
            done: changed, refused: refused.count,
            reason: refused.isEmpty ? nil : "the database does not take the job")
    }

    /// Replays jobs that take their unique keys again, which other jobs may have by now.
    private func changeAlone(_ jobs: [Job], _ act: Act, _ query: BSONLiteral) async throws
        -> BatchOutcome
    {
        var outcome = BatchOutcome()
        guard !jobs.isEmpty else { return outcome }
        let ids = jobs.flatMap(\.id.bsons)
        let found = try await collection.find(
            ["_id": ["$in": .array(ids)], "$and": [query]] as BSONLiteral, limit: ids.count,
            projection: ["_id": 1], hint: JobIndexes.id)
        let changes = found.compactMap { $0["_id"]?.jobID }.map { JobChange($0, act) }
        for result in try await change(changes) {
            switch result {
            case .success(_?): outcome.done += 1
            case .success(nil), .failure(.notReplayed), .failure(.lockLost): break
            case .failure(.refused(let reason)):
                outcome.refused += 1
                outcome.reason = reason
            case .failure(let error): throw error
            }
        }
        return outcome
    }

    /// Tells the rest of this process of changed jobs. Which ones of the batch were changed is not
    /// known, but nearly always it is all of them.
    private func note(_ jobs: some Collection<Job>, _ act: Act) {
        let now = collection.clock.estimate() ?? .now()
        for job in jobs {
            guard let after = job.applying(act, at: now) else { continue }
            if after.started == nil, let group = job.group { limited.leaseEnded(job.type, group) }
            if case .replay = act { noteDue(after) }
            if let event = JobEvent(end: act, after, started: job.started) {
                observer.observe(event)
            }
        }
    }
}

extension Act {
    fileprivate func mayTakeKey(of job: Job) -> Bool {
        guard case .replay = self else { return false }
        return job.isUnique
    }

    /// Whether the act applies to a job, as an expression, and the pipeline that makes the change.
    fileprivate var ofMany: (condition: BSONLiteral, pipeline: BSONLiteral) {
        switch JobChange(JobID(""), self).command {
        case .fields(let fields): (fields.condition, [fields.stage])
        case .step(let step): (step.condition, step.pipeline)
        }
    }
}
