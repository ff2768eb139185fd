import BSON
import Jobs

/// Adds that are repeated with a request id. Only adds that the database has refused, because it
/// has a job with this id, take another command.
extension MongoJobsPersistence {
    /// Returns the job that an earlier call with the same request id has added, as it is now.
    func added(_ newJob: NewJob) async throws -> Result<Job, JobsError>? {
        guard let id = newJob.requestID else { return nil }
        return try await added([ExactText(id)], type: newJob.type)[ExactText(id)].map {
            newJob.repeated($0)
        }
    }

    /// Returns the results of the jobs that earlier calls, or other items of this one, have added.
    ///
    /// - Returns: The results by their index in `newJobs`.
    func findEarlier(_ newJobs: [NewJob], _ results: [Result<Job, JobsError>]) async throws
        -> [Int: Result<Job, JobsError>]
    {
        var indices: [ExactText: [Int]] = [:]
        for (index, result) in results.enumerated() {
            // The reason why a job was not added does not matter if there is a job of its request.
            guard case .failure(.refused) = result, newJobs[index].requestID != nil else {
                continue
            }
            indices[ExactText(newJobs[index].type), default: []].append(index)
        }
        var earlier: [Int: Result<Job, JobsError>] = [:]
        for (type, indices) in indices {
            let ids = indices.compactMap { newJobs[$0].requestID.map { ExactText($0) } }
            let jobs = try await added(Set(ids), type: type.text)
            for (index, id) in zip(indices, ids) {
                earlier[index] = jobs[id].map { newJobs[index].repeated($0) }
            }
        }
        return earlier
    }

    /// Returns the jobs of request ids once they are majority-committed.
    ///
    /// A read may return the write of another caller that a failover would roll back. So a write
    /// without a change comes first, which waits until a majority has the documents.
    private func added(_ ids: Set<ExactText>, type: String) async throws -> [ExactText: Job] {
        let query: BSONLiteral = [
            "type": .string(type), "request": ["$in": .array(ids.map { .string($0.text) })],
        ]
        try await collection.updateMany(query, Pipelines.same, hint: JobIndexes.request)
        return try await collection.find(query, limit: ids.count, hint: JobIndexes.request)
            .reduce(into: [:]) { jobs, document in
                let job = JobDocument(document).job
                if let id = job.requestID { jobs[ExactText(id)] = job }
            }
    }
}

extension NewJob {
    /// The result of an add whose request id has added this job before.
    fileprivate func repeated(_ job: Job) -> Result<Job, JobsError> {
        ExactText(job.refID) == ExactText(refID)
            ? .success(job) : .failure(.requestConflict(job.id))
    }
}
