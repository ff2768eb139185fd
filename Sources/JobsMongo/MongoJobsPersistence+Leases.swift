public import Jobs
import Mongo

extension MongoJobsPersistence {
    public func extend(_ extensions: [LeaseExtension]) async throws -> [Result<Job?, JobsError>] {
        try await change(
            extensions.map { extended in
                LeaseChange(lease: extended.lease, timeout: extended.timeout) {
                    Pipelines.extend($0, timeout: extended.timeout)
                }
            })
    }

    /// A completion that only repeats one is told by the time, and so counted again if it comes within
    /// about a millisecond, or within a second where the server's time was not asked for lately.
    public func complete(_ leases: [LeaseReference]) async throws -> [Result<Job?, JobsError>] {
        let clock = collection.clock
        let since = clock.now() ?? clock.estimate()?.advanced(by: -1000) ?? .min
        let count = { @Sendable [metrics] (found: JobDocument) in
            guard let completed = found.job.completed, completed >= since else { return }
            metrics.of(found.job.type).completed(completed, started: found.lastStarted)
        }
        return try await change(
            leases.map {
                LeaseChange(lease: $0, timeout: nil, onSuccess: count) { Pipelines.complete($0) }
            })
    }

    /// One command each, since what became of an aborted job cannot be told later: the next worker
    /// may have it before anybody has read it again.
    public func abort(_ aborts: [LeaseAbort]) async throws -> [Result<Job?, JobsError>] {
        try await each(
            aborts.map { abort in
                LeaseChange(lease: abort.lease, timeout: nil) {
                    Pipelines.abort($0, delay: abort.delay)
                }
            })
    }

    /// A change of one lease, by a pipeline that asks for a token if one was shown.
    struct LeaseChange: Sendable {
        let lease: LeaseReference
        /// What else tells changes apart that cannot be made by one pipeline.
        let timeout: Int64?
        var onSuccess: @Sendable (JobDocument) -> Void = { _ in }
        let pipeline: @Sendable (LockToken?) -> BSONLiteral
    }

    /// Makes a single change by one command that answers with the job; many by one update, behind which
    /// the jobs are read. (Completed jobs stay as they are; leases that were extended stay their
    /// owner's, or have been lost again, and are then answered so.)
    private func change(_ changes: [LeaseChange]) async throws -> [Result<Job?, JobsError>] {
        var results = [Result<Job?, JobsError>](repeating: .success(nil), count: changes.count)
        var seen: Set<JobID> = []
        var together: [Int] = []
        var alone: [Int] = []
        for (index, change) in changes.enumerated() {
            // Tokens are compared with all jobs of the update: only those go in that fit their own. And
            // an id that may be one of two in the database cannot be listed.
            let isPlain = if case .value = change.lease.id.bson { true } else { false }
            let fits =
                change.lease.lockToken.map { ClaimTokens.isToken($0, of: change.lease.id) } ?? true
            if changes.count > 1, isPlain, fits, seen.insert(change.lease.id).inserted {
                together.append(index)
            } else {
                alone.append(index)
            }
        }
        for (index, result) in zip(together, try await changeTogether(together.map { changes[$0] }))
        {
            results[index] = result
        }
        for (index, result) in zip(alone, try await each(alone.map { changes[$0] })) {
            results[index] = result
        }
        return results
    }

    private func changeTogether(_ changes: [LeaseChange]) async throws
        -> [Result<Job?, JobsError>]
    {
        guard !changes.isEmpty else { return [] }
        struct Group: Hashable {
            let timeout: Int64?
            let hasToken: Bool
        }
        let groups = Dictionary(grouping: changes) {
            Group(timeout: $0.timeout, hasToken: $0.lease.lockToken != nil)
        }
        try await collection.updateManyAgain(
            groups.values.map { group in
                var query: [BSONLiteral.Member] = [.init(key: "_id", value: ["$in": .ids(group)])]
                if group[0].lease.lockToken != nil {
                    query.append(.init(key: "lock_token", value: ["$in": .tokens(group)]))
                    query.append(.init(key: "$expr", value: Pipelines.isLastLease))
                }
                return (.document(query), group[0].pipeline(nil))
            })
        var found: [JobID: JobDocument] = [:]
        for document in try await collection.find(
            ["_id": ["$in": .ids(changes)]] as BSONLiteral, limit: changes.count)
        {
            let document = JobDocument(document)
            found[document.job.id] = document
        }
        return changes.map { result(of: $0, found[$0.lease.id]) }
    }

    /// One command for each, several at a time: the pipeline leaves the document as it is where it
    /// does not apply.
    private func each(_ changes: [LeaseChange]) async throws -> [Result<Job?, JobsError>] {
        try await withThrowingTaskGroup(of: (Int, Result<Job?, JobsError>).self) { group in
            for (index, change) in changes.enumerated() {
                group.addTask { [self] in
                    let found = try await collection.findAndModify(
                        ["_id": change.lease.id.bson],
                        update: change.pipeline(change.lease.lockToken))
                    return (index, result(of: change, found))
                }
            }
            var results = [Result<Job?, JobsError>](repeating: .success(nil), count: changes.count)
            for try await (index, result) in group { results[index] = result }
            return results
        }
    }

    /// What to answer for a lease whose job is like this afterwards.
    private func result(of change: LeaseChange, _ found: JobDocument?) -> Result<Job?, JobsError> {
        guard let found else { return .success(nil) }
        if let shown = change.lease.lockToken, shown != found.lockToken {
            return .failure(.lockLost(change.lease.id))
        }
        change.onSuccess(found)
        return .success(found.job)
    }
}

extension BSONLiteral {
    fileprivate static func ids(_ changes: [MongoJobsPersistence.LeaseChange]) -> BSONLiteral {
        .array(changes.map(\.lease.id.bson))
    }

    fileprivate static func tokens(_ changes: [MongoJobsPersistence.LeaseChange]) -> BSONLiteral {
        .array(changes.compactMap { $0.lease.lockToken.map { .string($0.description) } })
    }
}
