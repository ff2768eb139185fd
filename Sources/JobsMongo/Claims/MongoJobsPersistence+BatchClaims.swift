import BSON
import Jobs

extension MongoJobsPersistence {
    /// The maximum number of rounds. After that, the remaining jobs are claimed one by one, which
    /// always makes progress.
    private static let maximumRounds = 3

    /// Starts the first jobs of a type with one update for many jobs.
    ///
    /// The method finds the first jobs, starts those that are still due, and reads the started jobs
    /// by their token. A job that another process takes in between is not changed, since its
    /// `available_at` is later now. A job that another process takes and gives back may be started,
    /// and is returned in its current state. The result may have fewer jobs than there are.
    func claimMany(_ claim: Claim, _ limit: Int) async throws -> [StartedJob] {
        var started: [StartedJob] = []
        for _ in 0..<Self.maximumRounds where started.count < limit {
            let (window, skip) = windows.next(claim.type)
            let candidates = try await candidates(
                claim, from: window, skip: skip, limit: limit - started.count)
            guard !candidates.isEmpty else {
                // No job in the window: the next round starts at the beginning.
                guard window != nil || skip > 0 else { break }
                windows.forget(claim.type)
                windows.lost(0, of: 1, claim.type)
                continue
            }
            // An unstructured task: the started jobs are known only after the read, so the
            // cancellation of the caller must not cancel it between the update and the read.
            let (claimed, obstacles) = try await Task {
                try await claimAll(candidates, claim)
            }.value
            for job in claimed where !started.replace(with: job) { started.append(job) }
            if let last = candidates.last {
                windows.claimed(
                    claim.type, priority: last.priority, availableAt: last.availableAt,
                    now: collection.clock.estimate(), wasFromBeginning: window == nil)
            }
            windows.lost(
                candidates.count - claimed.count - obstacles, of: candidates.count, claim.type)
            if obstacles == candidates.count { try await removeObstacles(claim) }
        }
        return started
    }

    /// A job that was due when it was read.
    private struct Candidate {
        let id: BSONValue
        let priority: Int
        let availableAt: Timestamp
    }

    private func candidates(
        _ claim: Claim, from window: ClaimWindows.Window?, skip: Int, limit: Int
    ) async throws -> [Candidate] {
        let now = try await collection.now()
        return try await collection.find(
            passedOver.excluded(from: DueJobs.query(claim.type, from: window, at: now)),
            sort: DueJobs.order, skip: skip,
            limit: limit,
            projection: ["_id": 1, "priority": 1, "available_at": 1], hint: JobIndexes.claim
        ).compactMap { document in
            guard let id = document["_id"], let date = document["available_at"]?.date else {
                return nil
            }
            return Candidate(
                id: id, priority: Int(document["priority"]?.integer ?? 0),
                availableAt: Timestamp(milliseconds: date.milliseconds))
        }
    }

    /// Starts the candidates that are unchanged.
    ///
    /// - Returns: The started jobs in the order of the candidates, and the number of other jobs
    ///   that were removed from the index because no claim can get them.
    private func claimAll(_ candidates: [Candidate], _ claim: Claim) async throws
        -> (started: [StartedJob], obstacles: Int)
    {
        let tokens = ClaimTokens()
        let ids = candidates.map { BSONLiteral.value($0.id) }
        let latest = candidates.map(\.availableAt).max() ?? .max
        let (changed, refused) = try await collection.changing(ids) { ids in
            try await collection.updateManyAgain(
                [
                    "_id": ["$in": .array(ids)], "type": .string(claim.type),
                    "available_at": ["$exists": true, "$lte": .value(latest.bson)],
                    "$expr": ["$lte": ["$available_at", "$$NOW"]],
                ],
                Pipelines.claim(tokens, timeout: claim.timeout, maxRetries: claim.startLimit))
        }
        passedOver.add(refused)
        var found: [JobID: StartedJob] = [:]
        for document in try await collection.find(
            ["_id": ["$in": .array(ids)]] as BSONLiteral, limit: ids.count)
        {
            let document = JobDocument(document)
            let token = tokens.token(of: document.job.id)
            guard document.lockToken == token else {
                countObstacle(document)
                continue
            }
            countLapse(document)
            found[document.job.id] = StartedJob(job: document.job, lockToken: token)
        }
        let started = candidates.compactMap { found[$0.id.jobID] }
        return (started, max(changed - started.count, 0))
    }
}
