import Jobs

/// Claims of a job whose `_id` is known, which costs the server less than a search.
extension MongoJobsPersistence {
    /// Claims the job that a waiting claim has heard of by its `_id`, unless the type has a list,
    /// which knows the order of jobs.
    ///
    /// - Returns: `nil` if the job is not plain, see ``Pipelines/isPlain(maxRetries:)``, or if
    ///   another process was faster.
    func claimAnnounced(_ claim: Claim) async throws -> StartedJob? {
        guard let id = claim.announced, claim.limit == 1, case .value = id.bson,
            readAhead.size(claim.type, wanted: 1) == 0
        else { return nil }
        let token = ClaimTokens(tag: peers.tag).token(of: id)
        guard let found = try await startPlain(id.bson, at: ["$exists": true], token, claim)
        else { return nil }
        readAhead.started(claim.type, 1)
        return StartedJob(job: found.job, lockToken: token)
    }

    /// Claims the first job of the list of the type by its `_id`, if the type is claimed often.
    ///
    /// - Returns: `nil` if there is no list, if no job is due, or if other processes were faster.
    func claimFromList(_ claim: Claim) async throws -> Outcome? {
        for _ in 0..<Self.maximumRaces {
            guard readAhead.size(claim.type, wanted: 1) > 0,
                let due = try await nextDue(claim, 1)?.first
            else { return nil }
            let tokens = ClaimTokens(tag: peers.tag)
            let found: JobDocument?
            do {
                found = try await start(due, tokens, claim)
            } catch let error as RequestIsServed {
                readAhead.insert(claim.type, due)
                throw error
            }
            if let found {
                return await outcome(of: found, tokens, claim, at: due.place)
            }
            // Another process has claimed it in the meantime: which one is worth a read.
            let document = try await collection.find(
                ["_id": due.id] as BSONLiteral, limit: 1,
                projection: ["retries": 1, "lock_token": 1, "lock_retries": 1]
            ).first.map { JobDocument($0) }
            if let token = document?.lockToken { peers.meet([token]) }
        }
        return nil
    }

    /// Starts a job of the list if it is still due.
    ///
    /// - Returns: The job, which may be left in place by the full pipeline; `nil` if it is not due.
    private func start(_ due: DueJob, _ tokens: ClaimTokens, _ claim: Claim) async throws
        -> JobDocument?
    {
        let token = tokens.token(of: due.jobID)
        let place: BSONLiteral = ["$exists": true, "$lte": .value(due.place.availableAt.bson)]
        if let found = try await startPlain(due.id, at: place, token, claim) { return found }
        return try await collection.findAndModifyByToken(
            Self.startable(due.id, at: place, claim),
            update: Pipelines.claim(tokens, claim), hint: JobIndexes.id,
            taken: Self.taken(due.id, token))
    }

    /// Starts a job that is due and plain, if the type has no limits.
    private func startPlain(
        _ id: BSONLiteral, at place: BSONLiteral, _ token: LockToken, _ claim: Claim
    ) async throws -> JobDocument? {
        guard claim.limits == nil else { return nil }
        return try await collection.findAndModifyByToken(
            Self.startable(id, at: place, claim, isPlain: true),
            update: Pipelines.plainClaim(token, claim), hint: JobIndexes.id,
            taken: Self.taken(id, token))
    }

    /// The query for a job under a lease.
    private static func taken(_ id: BSONLiteral, _ token: LockToken) -> BSONLiteral {
        ["_id": id, "lock_token": .string(token.description)]
    }

    /// The maximum number of jobs of a list that one claim loses to others, before it asks the
    /// index.
    private static let maximumRaces = 3

    /// The query for a job that is due, or not if another process has claimed it.
    ///
    /// - Parameters:
    ///   - place: The condition on `available_at`.
    ///   - isPlain: Whether only a job that ``Pipelines/plainClaim(_:_:)`` can start is wanted.
    static func startable(
        _ id: BSONLiteral, at place: BSONLiteral, _ claim: Claim, isPlain: Bool = false
    ) -> BSONLiteral {
        let condition: BSONLiteral =
            isPlain
            ? ["$and": [DueJobs.isDue, Pipelines.isPlain(maxRetries: claim.startLimit)]]
            : DueJobs.isDue
        return claim.excludingOwn(from: [
            "_id": id, "type": .string(claim.type), "available_at": place, "$expr": condition,
        ])
    }
}
