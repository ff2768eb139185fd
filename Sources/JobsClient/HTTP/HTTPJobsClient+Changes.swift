extension HTTPJobsClient {
    /// A single change is one request; of many, those of one kind that follow each other go together.
    public func change(_ changes: [JobChange]) async throws -> [Result<Job?, JobsClientError>] {
        if changes.count == 1 { return [try await resultOfOne(changes[0])] }
        var results: [Result<Job?, JobsClientError>] = []
        for run in changes.runs {
            do {
                results += try await many(Array(run))
            } catch let error as JobsClientError where !results.isEmpty {
                // What was done before is to be told of.
                results += run.map { _ in .failure(error) }
            }
        }
        return results
    }

    /// - Throws: what is wrong with the call as a whole; what is wrong with the change is its result.
    private func resultOfOne(_ change: JobChange) async throws -> Result<Job?, JobsClientError> {
        do {
            return .success(try await one(change))
        } catch let error as JobsClientError where error.kind == .lockLost {
            return .failure(error)
        }
    }

    private func one(_ change: JobChange) async throws -> Job? {
        let body = JSONWriter.arguments { $0.members(of: change) }
        return try await job(
            .init(
                operation: "\(change.act.name)_job", body: body,
                mayBeRepeated: change.lockToken != nil))
    }

    private func many(_ changes: [JobChange]) async throws -> [Result<Job?, JobsClientError>] {
        guard let first = changes.first else { return [] }
        return try await batch(
            "\(first.act.name)_jobs", key: "jobs", changes,
            mayBeRepeated: { changes in changes.allSatisfy { $0.lockToken != nil } },
            write: { json, change in
                json.beginObject()
                json.members(of: change)
                json.endObject()
            },
            read: { $0.kind == .null ? nil : try Job($0) },
            one: { try await self.one($0) }, atATime: 16)
    }
}
