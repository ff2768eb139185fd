import BSON
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
        var batches = [InsertBatch()]
        for (index, job) in jobs.enumerated() {
            do throws(JobsError) {
                let document = try JobDocument.new(job)
                if !batches[batches.count - 1].hasRoom(for: document) {
                    batches.append(InsertBatch())
                }
                batches[batches.count - 1].append(document, index)
            } catch {
                results[index] = .failure(error)
            }
        }
        var failure: JobsError?
        for batch in batches where !batch.documents.isEmpty {
            if failure == nil {
                do {
                    for (place, error) in try await collection.insert(batch.documents[...]) {
                        results[batch.indices[place]] = .failure(error)
                    }
                    continue
                } catch {
                    // The results of earlier inserts have to reach the caller.
                    guard batch.indices[0] > 0 else { throw error }
                    failure = .unavailable(behindSuccess: error)
                }
            }
            if let failure { for index in batch.indices { results[index] = .failure(failure) } }
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

/// The documents of one insert command.
private struct InsertBatch {
    private(set) var documents: [BSONDocument] = []
    /// The index of each document's job among the arguments.
    private(set) var indices: [Int] = []
    private var bytes = 0

    func hasRoom(for document: BSONDocument) -> Bool {
        // Each element of the array has its type and its index in front.
        bytes + document.bytes.count + 8 * (documents.count + 1) <= JobDocument.maximumBytes
    }

    mutating func append(_ document: BSONDocument, _ index: Int) {
        documents.append(document)
        indices.append(index)
        bytes += document.bytes.count
    }
}
