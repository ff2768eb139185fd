import BSON
public import Jobs

extension MongoJobsPersistence {
    /// One start is one `findAndModify` on the first job of the claim index that is due; many are one
    /// update of the first so many, see ``claimMany(_:_:)``.
    ///
    /// Jobs that are due and still not to be had leave the index when they are met, many at once
    /// where there are many. Only when nothing is left are the jobs looked for that are not in it:
    /// those that an older service wrote, and those that a claim with a lower limit has parked.
    public func claim(_ claim: Claim) async throws -> [StartedJob] {
        let limit = claim.limit
        guard limit > 0, claim.startLimit > 0 else { return [] }
        var started = limit > 1 ? try await claimMany(claim, limit) : []
        var hasBroughtIn = false
        var obstacles = 0
        while started.count < limit {
            switch try await claimFirst(claim) {
            case .started(let job):
                // Met again: its lease was over at once. The last token is the one that counts.
                guard !started.replace(with: job) else { return started }
                started.append(job)
            case .obstacle:
                obstacles += 1
                guard obstacles < Self.maximumObstacles else {
                    guard started.isEmpty else { return started }
                    throw JobsError.unavailable(
                        reason: "None of the first jobs of the type could be had")
                }
                try await removeObstacles(claim)
            case .nothing:
                guard started.isEmpty, !hasBroughtIn, try await bringIn(claim) else {
                    return started
                }
                hasBroughtIn = true
            }
        }
        return started
    }

    private enum Outcome {
        case started(StartedJob)
        /// The first job could not be had, and is off the index.
        case obstacle
        case nothing
    }

    /// Each round takes all jobs off the index that stand in front. So many in a row are no accident.
    private static let maximumObstacles = 50

    /// Claims the first job; where the database does not let that be changed, the first behind it.
    private func claimFirst(_ claim: Claim) async throws -> Outcome {
        do {
            return try await claimOne(claim)
        } catch JobsError.refused {
            return try await claimOneByOne(claim)
        }
    }

    private func claimOne(_ claim: Claim) async throws -> Outcome {
        var (window, _) = windows.next(claim.type)
        let tokens = ClaimTokens()
        var found: JobDocument?
        repeat {
            found = try await collection.findAndModify(
                passedOver.excluded(from: DueJobs.query(claim.type, from: window)),
                sort: DueJobs.order,
                update: Pipelines.claim(
                    tokens, timeout: claim.timeout, maxRetries: claim.startLimit),
                hint: JobIndexes.claim)
            if found != nil || window == nil { break }
            // Nothing in the window may only be said of the window.
            window = nil
        } while true
        guard let found else {
            windows.forget(claim.type)
            return .nothing
        }
        return outcome(of: found, tokens, claim, wasFromBeginning: window == nil)
    }

    /// Claims one of the first jobs that are due, and passes over those of them that the database does not
    /// let be changed.
    private func claimOneByOne(_ claim: Claim) async throws -> Outcome {
        let tokens = ClaimTokens()
        for id in try await front(claim, Self.mostOneByOne) {
            do {
                let found = try await collection.findAndModify(
                    [
                        "_id": id, "type": .string(claim.type), "available_at": ["$exists": true],
                        "$expr": ["$lte": ["$available_at", "$$NOW"]],
                    ],
                    update: Pipelines.claim(
                        tokens, timeout: claim.timeout, maxRetries: claim.startLimit),
                    hint: JobIndexes.id)
                // Nil: another process has it by now.
                guard let found else { continue }
                return outcome(of: found, tokens, claim, wasFromBeginning: true)
            } catch JobsError.refused {
                passedOver.add([id])
            }
        }
        return .obstacle
    }

    private static let mostOneByOne = 16

    private func outcome(
        of found: JobDocument, _ tokens: ClaimTokens, _ claim: Claim, wasFromBeginning: Bool
    ) -> Outcome {
        let token = tokens.token(of: found.job.id)
        guard found.lockToken == token else {
            countObstacle(found)
            return .obstacle
        }
        countLapse(found)
        windows.claimed(
            claim.type, priority: found.job.priority,
            availableAt: found.job.delayedUntil ?? found.job.created,
            now: collection.clock.estimate(), wasFromBeginning: wasFromBeginning)
        return .started(StartedJob(job: found.job, lockToken: token))
    }

    /// Takes the jobs off the claim index that stand in front and cannot be had.
    func removeObstacles(_ claim: Claim) async throws {
        var size = 64
        // The next claim goes on where this ends.
        for _ in 0..<Self.maximumObstacleBatches {
            let ids = try await front(claim, size)
            let (removed, refused) = try await collection.settle(ids, maxRetries: claim.startLimit)
            passedOver.add(refused)
            if removed > 0 { try await countObstacles(ids) }
            // Jobs that can be had are among the front ones, or there are none left.
            if removed + refused.count < size { return }
            size = min(size * 4, 1000)
        }
    }

    private static let maximumObstacleBatches = 1000

    /// The ids of the first jobs that are due.
    private func front(_ claim: Claim, _ count: Int) async throws -> [BSONLiteral] {
        try await collection.find(
            passedOver.excluded(from: DueJobs.query(claim.type)), sort: DueJobs.order, limit: count,
            projection: ["_id": 1], hint: JobIndexes.claim
        ).compactMap { $0["_id"] }.map { .value($0) }
    }

    /// Brings jobs into the claim index that claims of this type and limit could have.
    ///
    /// Of parked ones not all at once: claims with a lower limit have to take them off again.
    /// - Returns: whether there were any.
    private func bringIn(_ claim: Claim) async throws -> Bool {
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

    /// The jobs of a type that a claim might have and that are not on the claim index.
    private static func outside(_ type: String, maxRetries: Int) -> BSONLiteral {
        let parked: BSONLiteral = [
            "type": .string(type), "parked_at": ["$exists": true],
            "retries": ["$lt": .int(Int64(maxRetries))],
        ]
        return ["$or": [parked, unadopted(type: type)]]
    }
}

extension [StartedJob] {
    /// Puts a job in the place of the same one, started earlier.
    /// - Returns: whether it was there.
    mutating func replace(with started: StartedJob) -> Bool {
        guard let index = firstIndex(where: { $0.job.id == started.job.id }) else { return false }
        self[index] = started
        return true
    }
}

extension JobCollection {
    /// Judges jobs that are on the claim index and due, and takes those off that cannot be had.
    fileprivate func settle(_ ids: [BSONLiteral], maxRetries: Int) async throws
        -> (changed: Int, refused: [BSONLiteral])
    {
        try await changing(ids) { ids in
            try await updateMany(
                [
                    "_id": ["$in": .array(ids)], "available_at": ["$exists": true],
                    "$expr": [
                        "$and": [
                            ["$lte": ["$available_at", "$$NOW"]],
                            [
                                "$or": [
                                    Pipelines.isCompleted, Pipelines.isLive, Pipelines.isExpired,
                                    Pipelines.isUnmigrated, Pipelines.isUnnamed,
                                    Pipelines.isExhausted(maxRetries),
                                ]
                            ],
                        ]
                    ],
                ],
                Pipelines.settle(maxRetries: maxRetries), hint: JobIndexes.id)
        }
    }
}
