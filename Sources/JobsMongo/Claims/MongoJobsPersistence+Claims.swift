import BSON
public import Jobs

extension MongoJobsPersistence {
    /// Starts one job with a `findAndModify` of the first due job in the claim index, or several
    /// jobs with one update, see ``claimMany(_:_:)``.
    ///
    /// A due job that cannot be claimed is removed from the index when a claim finds it; if there
    /// are many, they are removed together. If the index has no job left, the claim searches for
    /// jobs that are not in the index: those that an older service wrote, and those that a claim
    /// with a lower limit has parked.
    public func claim(_ claim: Claim) async throws -> [StartedJob] {
        try await claim.hasRequests ? claimOnce(claim) : startJobs(claim).started
    }

    /// Starts jobs for all callers of a claim.
    ///
    /// - Returns: The started jobs, and whether there may be more because a request was served
    ///   before.
    func startJobs(_ claim: Claim) async throws -> (started: [StartedJob], isInterrupted: Bool) {
        let limit = claim.limit
        guard limit > 0, claim.startLimit > 0 else { return ([], false) }
        do {
            if claim.limits != nil, let started = try await claimLimited(claim) {
                return (started, false)
            }
        } catch is RequestIsServed {
            // Nothing was started: the turn was one transaction.
            return ([], true)
        }
        var started: [StartedJob] = []
        if limit > 1 {
            let found = try await claimMany(claim, limit)
            if found.isInterrupted { return found }
            started = found.started
        }
        var hasBroughtIn = false
        var obstacles = 0
        while started.count < limit {
            switch try await claimFirst(claim.rest(after: started)) {
            case .started(let job):
                // Claimed again, because its lease lapsed at once. Only the last token is valid.
                guard !started.replace(with: job) else { return (started, false) }
                started.append(job)
            case .isServed: return (started, true)
            case .obstacle:
                obstacles += 1
                guard obstacles < Self.maximumObstacles else {
                    guard started.isEmpty else { return (started, false) }
                    throw JobsError.unavailable(
                        reason: "None of the first jobs of the type could be claimed")
                }
                try await removeObstacles(claim)
            case .nothing:
                guard started.isEmpty, !hasBroughtIn, try await bringIn(claim) else {
                    return (started, false)
                }
                hasBroughtIn = true
            }
        }
        return (started, false)
    }

    enum Outcome {
        case started(StartedJob)
        /// The first job could not be claimed, and is removed from the index.
        case obstacle
        /// The request of the first caller was served before.
        case isServed
        case nothing
    }

    /// The maximum number of rounds. Each one removes all obstacles at the front of the index.
    static let maximumObstacles = 50

    /// Claims the first job, or the first one after it that the database allows to change.
    private func claimFirst(_ claim: Claim) async throws -> Outcome {
        do {
            do {
                return try await claimOne(claim)
            } catch JobsError.refused {
                return try await claimOneByOne(claim)
            }
        } catch is RequestIsServed {
            return .isServed
        }
    }

    private func claimOne(_ claim: Claim) async throws -> Outcome {
        if let started = try await claimAnnounced(claim) { return .started(started) }
        if let outcome = try await claimFromList(claim) { return outcome }
        var window = windows.next(claim.type)
        let tokens = ClaimTokens(tag: peers.tag)
        var found: JobDocument?
        repeat {
            let start = ContinuousClock.now
            found = try await collection.findAndModify(
                claim.excludingOwn(
                    from: passedOver.excluded(from: DueJobs.query(claim.type, from: window))),
                sort: DueJobs.order,
                update: Pipelines.claim(tokens, claim), hint: JobIndexes.claim)
            if window == nil {
                windows.lookedFromBeginning(claim.type, took: start.duration(to: .now))
            }
            if found != nil || window == nil { break }
            // No job in the window does not mean that there is no job in front of it.
            window = nil
        } while true
        guard let found else {
            windows.forget(claim.type)
            return .nothing
        }
        return await outcome(of: found, tokens, claim)
    }

    /// Claims one of the first due jobs, and skips those that the database does not allow to
    /// change.
    private func claimOneByOne(_ claim: Claim) async throws -> Outcome {
        let tokens = ClaimTokens(tag: peers.tag)
        for id in try await front(claim, Self.mostOneByOne) {
            do {
                // It is removed from the claim index if it cannot be claimed.
                let found = try await collection.findAndModify(
                    Self.startable(id, at: ["$exists": true], claim),
                    update: Pipelines.claim(tokens, claim), hint: JobIndexes.id)
                guard let found else { continue }
                return await outcome(of: found, tokens, claim)
            } catch JobsError.refused {
                passedOver.add([id])
            }
        }
        return .obstacle
    }

    private static let mostOneByOne = 16

    /// - Parameter place: The place at which the job was claimed, if it was read before.
    func outcome(
        of found: JobDocument, _ tokens: ClaimTokens, _ claim: Claim, at place: ClaimPlace? = nil
    ) async -> Outcome {
        let token = tokens.token(of: found.job.id)
        guard found.lockToken == token else {
            await note(obstacles: [found])
            return .obstacle
        }
        countLapse(found)
        readAhead.started(claim.type, 1)
        let former = ClaimPlace(
            priority: found.job.priority,
            availableAt: found.job.delayedUntil ?? found.job.created)
        moveWindow(claim.type, to: place ?? former)
        return .started(StartedJob(job: found.job, lockToken: token))
    }

    /// Removes the jobs at the front of the claim index that cannot be claimed.
    func removeObstacles(_ claim: Claim) async throws {
        var size = 64
        // The next claim continues where this one ends.
        for _ in 0..<Self.maximumObstacleBatches {
            let ids = try await front(claim, size)
            let (removed, refused) = try await collection.setAside(
                ids, maxRetries: claim.startLimit)
            passedOver.add(refused)
            if removed > 0 { try await noteObstacles(among: ids) }
            // Some of these jobs can be claimed, or there are no more jobs.
            if removed + refused.count < size { return }
            size = min(size * 4, 1000)
        }
    }

    private static let maximumObstacleBatches = 1000

    /// Returns the ids of the first due jobs.
    private func front(_ claim: Claim, _ count: Int) async throws -> [BSONLiteral] {
        try await collection.find(
            passedOver.excluded(from: DueJobs.query(claim.type)), sort: DueJobs.order, limit: count,
            projection: ["_id": 1], hint: JobIndexes.claim
        ).compactMap { $0["_id"] }.map { .value($0) }
    }

    /// Adds jobs to the claim index that a claim of this type and limit can get.
    ///
    /// Parked jobs are added in parts, since claims with a lower limit have to remove them again.
    ///
    /// - Returns: Whether jobs were added.
    func bringIn(_ claim: Claim) async throws -> Bool {
        let found = try await collection.find(
            passedOver.excluded(from: Self.outside(claim.type, maxRetries: claim.startLimit)),
            limit: Self.mostUnparked,
            projection: ["parked_at": 1])
        let parked = found.filter { $0["parked_at"] != nil }
        if !parked.isEmpty {
            let ids = parked.compactMap { $0["_id"] }.map { BSONLiteral.value($0) }
            let (_, refused) = try await collection.changing(ids) { [collection] ids in
                try await collection.updateMany(
                    ["_id": ["$in": .array(ids)], "parked_at": ["$exists": true]],
                    Pipelines.unpark, hint: JobIndexes.id)
            }
            passedOver.add(refused)
        }
        if parked.count < found.count { try await adoptSome(type: claim.type) }
        return !found.isEmpty
    }

    private static let mostUnparked = 64

    /// The query for the jobs of a type that a claim could get and that are not on the claim index.
    private static func outside(_ type: String, maxRetries: Int) -> BSONLiteral {
        let parked: BSONLiteral = [
            "type": .string(type), "parked_at": ["$exists": true],
            "retries": ["$lt": .int(Int64(maxRetries))],
        ]
        return ["$or": [parked, unadopted(type: type)]]
    }
}

extension [StartedJob] {
    /// Replaces an earlier start of the same job.
    ///
    /// - Returns: Whether there was one.
    mutating func replace(with started: StartedJob) -> Bool {
        guard let index = firstIndex(where: { $0.job.id == started.job.id }) else { return false }
        self[index] = started
        return true
    }
}
