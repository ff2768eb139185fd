import BSON
public import Jobs
import Mongo

/// Claims and starts of types with limits, each in a turn of its own.
extension MongoJobsPersistence {
    /// Starts jobs of a type with limits.
    ///
    /// - Returns: The started jobs; `nil` if the database has no limits of the type any more.
    func claimLimited(_ claim: Claim) async throws -> [StartedJob]? {
        var hasBroughtIn = false
        let scan = windows.isDueFromBeginning(claim.type) ? nil : limited.scan(claim.type)
        var request = LimitedStart.Request(
            claim: claim, window: scan == nil ? windows.next(claim.type) : nil, scan: scan,
            tag: peers.tag, passedOver: passedOver)
        var refusals = 0
        for _ in 0..<Self.maximumObstacles {
            let outcome: Turnstiles.Outcome<LimitedStart>
            do {
                outcome = try await turnstiles.turn(of: claim.type, limited) { [request] turn in
                    var start = LimitedStart(request)
                    try start.run(turn)
                    return start
                }
            } catch let refusal as LimitedStart.Refusal {
                // One of the jobs cannot be changed, and is found by bisection.
                refusals += 1
                guard refusals < Self.maximumRefusals else { throw refusal.error.asJobsError }
                if refusal.ids.count == 1 { passedOver.add(refusal.ids) }
                request.mostAtOnce = max(refusal.ids.count / 2, 1)
                continue
            }
            guard case .done(let start) = outcome else {
                limited.forget(claim.type)
                return nil
            }
            await note(start, claim)
            if let duration = start.lookFromBeginning {
                windows.lookedFromBeginning(claim.type, took: duration)
            }
            if !start.started.isEmpty { return start.started }
            request.window = nil
            request.scan = start.isUnfinished ? start.scan : nil
            if start.isUnfinished { continue }
            if !start.obstacles.isEmpty {
                try await removeObstacles(claim)
                continue
            }
            if start.hasLeftJobs {
                observer.observe(.noRoom(type: claim.type))
                return []
            }
            guard !hasBroughtIn, try await bringIn(claim) else { return [] }
            hasBroughtIn = true
        }
        throw JobsError.unavailable(reason: "None of the first jobs of the type could be claimed")
    }

    private static let maximumRefusals = 50

    /// Remembers what the next claims can use.
    private func note(_ start: LimitedStart, _ claim: Claim) async {
        for document in start.documents { countLapse(document) }
        await note(obstacles: start.obstacles)
        limited.note(claim.type, nextRoom: start.nextRoom)
        if let scan = start.scan { limited.scanned(claim.type, scan) }
        if start.isBehindWindow { windows.forget(claim.type) }
        if let last = start.last {
            windows.claimed(claim.type, last, now: collection.clock.estimate())
        }
    }

    /// Starts a job by its id whose type has a maximum number of starts, and counts the start.
    ///
    /// - Returns: `nil` if the type has no such limit.
    func startCounted(_ start: Start) async throws -> StartedJob?? {
        let isCounted = { (type: String) in start.limits[ExactText(type)]?.maxStarts != nil }
        guard start.limits.values.contains(where: { $0.maxStarts != nil }),
            let type = try await types(of: [start.id])[start.id], isCounted(type)
        else { return nil }
        let token = ClaimTokens(tag: peers.tag).token(of: start.id)
        let outcome = try await turnstiles.turn(of: type, limited) { turn -> JobDocument? in
            let found = try turn.findAndModify(
                Self.startable(start.id),
                update: Pipelines.start(token, start, isCounted: turn.limits.maxStarts != nil))
            if let found { turn.count([StartedJob(job: found.job, lockToken: token)]) }
            return found
        }
        guard case .done(let found) = outcome else { return nil }
        guard let found else { return .some(nil) }
        countLapse(found)
        return StartedJob(job: found.job, lockToken: token)
    }

    public func recentStarts(of type: String) async throws -> StartTimes {
        try await turnstiles.starts(of: type)
    }

    // MARK: Ends of leases

    /// Notes the ends of leases on jobs of limited types.
    func noteEnds(_ changes: [JobChange], _ results: ChangeResults) async {
        for (change, result) in zip(changes, results) {
            guard case .success(let found?) = result, found.job.started == nil else { continue }
            if let group = found.job.group { limited.leaseEnded(found.job.type, group) }
            guard change.act == .release, let counted = found.countedAt, found.lockToken == nil,
                !found.job.isEnded
            else { continue }
            // If it fails, the start counts until its time is over.
            try? await takeBack(found.job, counted)
        }
    }

    /// Takes back a start that counts for a maximum number of starts, unless that was done before.
    private func takeBack(_ job: Job, _ counted: Timestamp) async throws {
        let query: BSONLiteral = [
            "_id": job.id.bson, "counted_at": .value(counted.bson), "started": .null,
        ]
        let found = try await collection.findAndModify(
            query, update: [["$unset": "counted_at"]], hint: JobIndexes.id)
        guard found != nil else { return }
        try await turnstiles.takeBack(counted, of: job.type)
    }
}
