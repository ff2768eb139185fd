import BSON
public import Jobs

extension MongoJobsPersistence {
    /// One insert for all, or several where they are too large for one command. Each job has its own
    /// result: what the database refuses costs the others nothing.
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
                    // What was inserted before is to be told of.
                    guard batch.indices[0] > 0 else { throw error }
                    failure = .unavailable(behindSuccess: error)
                }
            }
            if let failure { for index in batch.indices { results[index] = .failure(failure) } }
        }
        for case .success(let job) in results { observer.observe(.added(job)) }
        return results
    }
}

/// Documents that go into one command.
private struct InsertBatch {
    private(set) var documents: [BSONDocument] = []
    /// Where each document's job stands among the arguments.
    private(set) var indices: [Int] = []
    private var bytes = 0

    func hasRoom(for document: BSONDocument) -> Bool {
        // Each has its type and its number in front.
        bytes + document.bytes.count + 8 * (documents.count + 1) <= JobDocument.maximumBytes
    }

    mutating func append(_ document: BSONDocument, _ index: Int) {
        documents.append(document)
        indices.append(index)
        bytes += document.bytes.count
    }
}
