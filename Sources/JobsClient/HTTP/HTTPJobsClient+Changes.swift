extension HTTPJobsClient {
    /// Changes jobs. Consecutive changes with the same kind of act share a request, except for
    /// cancellations and replays, which are sent one by one.
    ///
    /// - Returns: The result of each change, in order, see ``JobsClient/change(_:)``.
    /// - Throws: ``JobsClientError`` if the first request fails; `CancellationError`.
    public func change(_ changes: [JobChange]) async throws -> [Result<Job?, JobsClientError>] {
        if changes.count == 1 { return [try await resultOfOne(changes[0])] }
        var results: [Result<Job?, JobsClientError>] = []
        for run in changes.runs {
            do {
                results += try await many(run)
            } catch let error as JobsClientError where !results.isEmpty {
                // The results of earlier requests have to reach the caller.
                results += run.map { _ in .failure(error) }
            }
        }
        return results
    }

    /// - Throws: The error of the call as a whole. A lost lease, and a replay that does not apply,
    ///   are the result of the change.
    private func resultOfOne(_ change: JobChange) async throws -> Result<Job?, JobsClientError> {
        do {
            return .success(try await one(change))
        } catch let error as JobsClientError
            where error.kind == .lockLost || error.code == JobsClientError.notReplayedCode
        {
            return .failure(error)
        }
    }

    private func one(_ change: JobChange) async throws -> Job? {
        if case .replay(let replay) = change.act {
            guard change.lockToken == nil else {
                throw JobsClientError(.refused, "A replay takes no lock token")
            }
            return try await self.replay(change.id, replay)
        }
        let request = HTTPTransport.Request(
            operation: "\(change.act.name)_job",
            body: JSONWriter.arguments { $0.members(of: change) },
            mayBeRepeated: change.isIdempotent, isStrict: change.isStrict)
        switch change.act {
        case .fail, .cancel: return try await sendNew(request).map { try Job($0) }
        default: return try await job(request)
        }
    }

    private func many(_ changes: ArraySlice<JobChange>) async throws
        -> [Result<Job?, JobsClientError>]
    {
        guard let first = changes.first else { return [] }
        switch first.act {
        case .cancel, .replay: return try await oneByOne(changes, one, atATime: 16)
        default: break
        }
        return try await batch(
            "\(first.act.name)_jobs", key: "jobs", Array(changes),
            mayBeRepeated: { $0.allSatisfy(\.isIdempotent) },
            isStrict: { $0.allSatisfy(\.isStrict) },
            write: { json, change in
                json.beginObject()
                json.members(of: change)
                json.endObject()
            },
            read: { $0.kind == .null ? nil : try Job($0) },
            one: { try await self.one($0) }, atATime: 16)
    }
}

extension JobChange {
    /// Whether a repetition after an unknown outcome changes nothing more.
    ///
    /// With the token of the lease, a repetition cannot affect a later lease. To cancel a job twice
    /// is the same as once.
    fileprivate var isIdempotent: Bool { lockToken != nil || act == .cancel }

    /// Whether a service must not ignore an argument that it does not know. Without progress and
    /// results, an older service does the same work.
    fileprivate var isStrict: Bool {
        switch act {
        case .extend(_, let progress): progress == nil
        case .complete(let result): result == nil
        default: true
        }
    }
}
