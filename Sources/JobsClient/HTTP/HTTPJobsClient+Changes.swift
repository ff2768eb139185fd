extension HTTPJobsClient {
    /// Changes jobs. Consecutive changes with the same kind of act share a request.
    ///
    /// - Returns: The result of each change, in order, see ``JobsClient/change(_:)``.
    /// - Throws: ``JobsClientError`` if the first request fails; `CancellationError`.
    public func change(_ changes: [JobChange]) async throws -> [Result<Job?, JobsClientError>] {
        if changes.count == 1 { return [try await resultOfOne(changes[0])] }
        var results: [Result<Job?, JobsClientError>] = []
        for run in changes.runs {
            do {
                results += try await many(Array(run))
            } catch let error as JobsClientError where !results.isEmpty {
                // The results of earlier requests have to reach the caller.
                results += run.map { _ in .failure(error) }
            }
        }
        return results
    }

    /// - Throws: The error of the call as a whole. A lost lease is the result of the change.
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
