extension HTTPJobsClient {
    public func replay(_ request: ReplayRequest) async throws -> ReplayedJobs {
        let answer = try await sendNew(
            .init(
                operation: "replay_jobs", body: JSONWriter.arguments { $0.members(of: request) },
                mayBeRepeated: request.isIdempotent))
        guard let answer else { throw JobsClientError.notUnderstood("data") }
        return try ReplayedJobs(answer)
    }

    /// Replays one job.
    ///
    /// - Returns: The job as it is afterwards; `nil` if it does not exist.
    func replay(_ id: JobID, _ replay: Replay) async throws -> Job? {
        // Not repeated: the answer to a repetition would not say whether the job was replayed.
        let answer = try await sendNew(
            .init(
                operation: "replay_jobs",
                body: JSONWriter.arguments { json in
                    json.members(of: ReplayRequest(ids: [id], maxJobs: 1, replay: replay))
                }))
        guard let answer else { throw JobsClientError.notUnderstood("data") }
        let replayed = try ReplayedJobs(answer)
        guard let job = try await get(id) else { return nil }
        guard replayed.ids.isEmpty else { return job }
        throw JobsClientError.notReplayed(id, isKeyTaken: replayed.skipped > 0)
    }
}

extension ReplayRequest {
    /// Whether repeating the request after an unknown outcome replays no job that was not asked
    /// for.
    ///
    /// With a maximum that is lower than the number of matching jobs, a repetition would replay the
    /// next ones.
    fileprivate var isIdempotent: Bool {
        isDryRun || (ids?.count).map { $0 <= maxJobs } ?? false
    }
}

extension ReplayedJobs {
    /// - Throws: ``JobsClientError``
    fileprivate init(_ json: JSONValue) throws {
        let ids = try json.items.map { id in
            guard let id = id.string else { throw JobsClientError.notUnderstood("ids") }
            return JobID(id)
        }
        self.init(ids: ids, skipped: json["skipped"]?.integer.map { Int($0) } ?? 0)
    }
}
