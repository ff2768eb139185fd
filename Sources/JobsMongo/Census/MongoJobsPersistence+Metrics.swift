import BSON
import Jobs

/// The events of jobs that only the store can report.
extension MongoJobsPersistence {
    /// Reports a lapse if the job that was just started had a lapsed lease.
    func countLapse(_ found: JobDocument) {
        if found.hasLapsed { observer.observe(.lapsed(type: found.job.type)) }
    }

    /// Reports the expired and exhausted jobs that a claim has found, and records cancellations
    /// that took effect when a lease ended.
    ///
    /// A job that waits for a lease of an older service, or that another process has taken in the
    /// meantime, is not reported.
    func note(obstacles: [JobDocument]) async {
        var unrecorded: [JobChange] = []
        var spent: [BSONLiteral] = []
        for found in obstacles where !found.isAvailable && !found.job.isEnded {
            let job = found.job
            if job.cancelRequested != nil {
                unrecorded.append(JobChange(job.id, .settle))
            } else if found.isParked {
                observer.observe(.exhausted(type: job.type))
            } else if job.maxRetries != nil, job.hasReached(.max), !isPastDeadline(job) {
                observer.observe(.exhausted(type: job.type))
                spent += job.id.bsons
            } else if job.executeUntil != nil {
                observer.observe(.expired(type: job.type))
            }
        }
        // The claim goes on in any case: what is not recorded now is recorded by a cleaning.
        if !unrecorded.isEmpty { _ = try? await change(unrecorded) }
        // The mark is only for the census.
        if !spent.isEmpty { try? await mark(spent: spent) }
    }

    /// Marks jobs that have reached a limit of their own, so that they can be counted.
    private func mark(spent ids: [BSONLiteral]) async throws {
        try await collection.updateMany(
            ["_id": ["$in": .array(ids)], "available_at": .null, "outcome": .null],
            [["$set": ["outcome": OutcomeKey.exhausted.value()]]], hint: JobIndexes.id)
    }

    private func isPastDeadline(_ job: Job) -> Bool {
        guard let executeUntil = job.executeUntil, let now = collection.clock.estimate() else {
            return false
        }
        return executeUntil <= now
    }

    /// Notes the obstacles among the jobs that were removed from the claim index.
    func noteObstacles(among ids: [BSONLiteral]) async throws {
        let found = try await collection.find(
            ["_id": ["$in": .array(ids)], "available_at": ["$exists": false]] as BSONLiteral,
            limit: ids.count, projection: Self.seenOfObstacles, hint: JobIndexes.id)
        await note(obstacles: found.map { JobDocument($0) })
    }

    private static let seenOfObstacles = BSONLiteral.encoded([
        "type": 1, "execute_until": 1, "completed": 1, "failed": 1, "cancelled": 1,
        "cancel_requested": 1, "parked_at": 1, "max_retries": 1, "retries": 1,
    ])

    /// Reports the expired jobs that no claim has found.
    ///
    /// - Parameters:
    ///   - expired: The query for the expired jobs.
    ///   - patience: The maximum time of the count, in milliseconds.
    func countExpired(_ expired: BSONLiteral, patience: Int64) async throws {
        let unmet: [BSONLiteral] = [
            ["$match": expired], ["$match": ["available_at": ["$exists": true]]],
            ["$group": ["_id": "$type", "count": ["$sum": 1]]],
        ]
        for group in try await collection.aggregate(unmet, patience: patience) {
            let count = group["count"]?.integer ?? 0
            observer.observe(.expired(type: group["_id"]?.string ?? "", count: count))
        }
    }
}
