public import Jobs

extension MongoJobsPersistence {
    /// Adds jobs with one insert, or with several if they are too large for one command.
    ///
    /// Each job has its own result. A document that the database refuses does not affect the
    /// others.
    public func add(_ newJobs: [NewJob]) async throws -> [Result<Job, JobsError>] {
        guard !newJobs.isEmpty else { return [] }
        let now = try await collection.now()
        let jobs = newJobs.map { Job($0, id: nextID(at: now), at: now) }
        var results = jobs.map { Result<Job, JobsError>.success($0) }
        var start = 0
        while start < jobs.count {
            let insert = JobInsert(jobs, from: start, into: collection.name)
            for (index, error) in insert.refusals { results[index] = .failure(error) }
            do {
                for (index, error) in try await collection.insert(insert) {
                    results[index] = .failure(error)
                }
            } catch {
                // The results of earlier inserts have to reach the caller.
                guard start > 0 else { throw error }
                let failure = JobsError.unavailable(behindSuccess: error)
                for index in start..<jobs.count where insert.refusals[index] == nil {
                    results[index] = .failure(failure)
                }
                break
            }
            start = insert.end
        }
        let earlier = try await findEarlier(newJobs, results)
        for (index, result) in results.enumerated() {
            guard case .success(let job) = earlier[index] ?? result, job.id == jobs[index].id else {
                continue
            }
            observer.observe(.added(job))
            noteDue(job)
        }
        for (index, result) in earlier { results[index] = result }
        return results
    }
}
