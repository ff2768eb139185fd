import BSON
import Jobs

extension MongoJobsPersistence {
    /// The maximum number of rounds. After that, the remaining jobs are claimed one by one, which
    /// always makes progress.
    private static let maximumRounds = 3

    /// Starts the first jobs of a type with one update for many jobs.
    ///
    /// The method takes the first jobs off a list, starts those that are still due, and reads the
    /// started jobs by their token. A job that another process takes in between is not changed,
    /// since its `available_at` is later now. A job that another process takes and gives back may
    /// be started, and is returned in its current state. The result may have fewer jobs than there
    /// are.
    ///
    /// - Returns: The started jobs, and whether the update has stopped because a request was served
    ///   before.
    func claimMany(_ claim: Claim, _ limit: Int) async throws
        -> (started: [StartedJob], isInterrupted: Bool)
    {
        var started: [StartedJob] = []
        for _ in 0..<Self.maximumRounds where started.count < limit {
            let claim = claim.rest(after: started)
            guard let candidates = try await nextDue(claim, limit - started.count) else {
                continue
            }
            guard !candidates.isEmpty else { break }
            // An unstructured task: the started jobs are known only after the read, so the
            // cancellation of the caller must not cancel it between the update and the read.
            let (claimed, obstacles) = try await Task {
                try await claimAll(candidates, claim)
            }.value
            for job in claimed where !started.replace(with: job) { started.append(job) }
            guard let obstacles else { return (started, true) }
            if let last = candidates.last { moveWindow(claim.type, to: last.place) }
            if obstacles == candidates.count { try await removeObstacles(claim) }
        }
        readAhead.started(claim.type, started.count)
        return (started, false)
    }

    /// Takes the first due jobs off the list of the type, after a look if it has too few.
    ///
    /// - Returns: Up to `count` jobs; none if there are none; `nil` if there may be some in front
    ///   of the window. Then the next look is from the beginning.
    func nextDue(_ claim: Claim, _ count: Int) async throws -> [DueJob]? {
        var jobs = readAhead.take(claim.type, count)
        guard jobs.count < count else { return jobs }
        let window = windows.next(claim.type)
        try await look(claim, from: window, count - jobs.count)
        jobs += readAhead.take(claim.type, count - jobs.count)
        guard jobs.isEmpty, window != nil else { return jobs }
        windows.forget(claim.type)
        return nil
    }

    /// Reads the keys of the first due jobs into the list of the type.
    private func look(_ claim: Claim, from window: ClaimPlace?, _ wanted: Int) async throws {
        let size = readAhead.size(claim.type, wanted: wanted)
        let limit = max(size, wanted)
        let now = try await collection.now()
        let start = ContinuousClock.now
        let keys = try await collection.find(
            passedOver.excluded(from: DueJobs.query(claim.type, from: window, at: now)),
            sort: DueJobs.order, limit: limit, projection: DueJob.projection,
            hint: JobIndexes.claim)
        if window == nil {
            windows.lookedFromBeginning(claim.type, took: start.duration(to: .now))
        }
        readAhead.fill(
            claim.type, keys.compactMap { DueJob($0) }, wanted: wanted, readAt: start,
            isWhole: keys.count < limit, isShared: size > 0)
    }

    /// Lets claims find a job that this process has added or given back.
    func noteDue(_ job: Job) {
        let availableAt = job.delayedUntil ?? job.created
        guard let now = collection.clock.estimate(), availableAt <= now,
            let due = DueJob(job, availableAt: availableAt)
        else { return }
        readAhead.insert(job.type, due)
        if let group = job.group { limited.returned(job.type, due, group: group) }
        windows.returned(job.type, due.place)
    }

    /// Lets later looks begin at the last claimed job, or at a job in front of it that this
    /// instance leaves to others.
    func moveWindow(_ type: String, to last: ClaimPlace) {
        let place = readAhead.firstOfOthers(type).map { min($0.place, last) } ?? last
        windows.claimed(type, place, now: collection.clock.estimate())
    }

    /// Starts the candidates that are unchanged.
    ///
    /// - Returns: The started jobs in the order of the candidates, and the number of other jobs
    ///   that were removed from the index because no claim can get them; `nil` if the update has
    ///   stopped because a request was served before.
    private func claimAll(_ candidates: [DueJob], _ claim: Claim) async throws
        -> (started: [StartedJob], obstacles: Int?)
    {
        let tokens = ClaimTokens(tag: peers.tag)
        let ids = candidates.map(\.id)
        let latest = candidates.map(\.place.availableAt).max() ?? .max
        var changed: Int?
        do {
            let refused: [BSONLiteral]
            (changed, refused) = try await collection.changing(ids) { ids in
                try await collection.updateManyAgain(
                    claim.excludingOwn(from: [
                        "_id": ["$in": .array(ids)], "type": .string(claim.type),
                        "available_at": ["$exists": true, "$lte": .value(latest.bson)],
                        "$expr": ["$lte": ["$available_at", "$$NOW"]],
                    ]),
                    Pipelines.claim(tokens, claim, claim.dealt(candidates).map(\.id)))
            }
            passedOver.add(refused)
        } catch is RequestIsServed {}
        var found: [JobID: StartedJob] = [:]
        var others: [LockToken] = []
        var obstacles: [JobDocument] = []
        for document in try await collection.find(
            ["_id": ["$in": .array(ids)]] as BSONLiteral, limit: ids.count)
        {
            let document = JobDocument(document)
            let token = tokens.token(of: document.job.id)
            guard document.lockToken == token else {
                if let other = document.lockToken { others.append(other) }
                obstacles.append(document)
                continue
            }
            countLapse(document)
            found[document.job.id] = StartedJob(job: document.job, lockToken: token)
        }
        await note(obstacles: obstacles)
        peers.meet(others)
        let started = candidates.compactMap { found[$0.jobID] }
        guard let changed else {
            for due in candidates where found[due.jobID] == nil {
                readAhead.insert(claim.type, due)
            }
            return (started, nil)
        }
        return (started, max(changed - started.count, 0))
    }
}

extension Claim {
    /// The candidates in the order of the callers. The jobs of each request are in the order of
    /// their ids, in which the server starts them: if a request was served before, it stops at the
    /// first one.
    fileprivate func dealt(_ candidates: [DueJob]) -> [DueJob] {
        guard hasRequests else { return candidates }
        var places: [ExactText: [Int]] = [:]
        for index in candidates.indices {
            if let id = caller(at: index).request?.id { places[id, default: []].append(index) }
        }
        var dealt = candidates
        for places in places.values where places.count > 1 {
            let jobs = places.map { candidates[$0] }.sorted { $0.jobID < $1.jobID }
            for (place, job) in zip(places, jobs) { dealt[place] = job }
        }
        return dealt
    }
}
