import BSON
import Jobs

/// The events of jobs that only the store can report.
extension MongoJobsPersistence {
    /// Reports a lapse if the job that was just started had a lapsed lease.
    func countLapse(_ found: JobDocument) {
        if found.hasLapsed { observer.observe(.lapsed(type: found.job.type)) }
    }

    /// Reports an expired or exhausted job that a claim has found.
    ///
    /// A job that waits for a lease of an older service, or that another process has taken in the
    /// meantime, is not reported.
    func countObstacle(_ found: JobDocument) {
        guard found.job.completed == nil, !found.isAvailable else { return }
        if found.isParked {
            observer.observe(.exhausted(type: found.job.type))
        } else if found.job.executeUntil != nil {
            observer.observe(.expired(type: found.job.type))
        }
    }

    /// Reports the expired and exhausted jobs among those that were removed from the claim index.
    func countObstacles(_ ids: [BSONLiteral]) async throws {
        let found = try await collection.find(
            ["_id": ["$in": .array(ids)], "available_at": ["$exists": false]] as BSONLiteral,
            limit: ids.count,
            projection: ["type": 1, "execute_until": 1, "completed": 1, "parked_at": 1],
            hint: JobIndexes.id)
        for document in found { countObstacle(JobDocument(document)) }
    }

    /// Reports the expired jobs that no claim has found.
    ///
    /// - Parameter patience: The maximum time of the count, in milliseconds.
    func countExpired(patience: Int64) async throws {
        let unmet: [BSONLiteral] = [
            ["$match": Self.expired], ["$match": ["available_at": ["$exists": true]]],
            ["$group": ["_id": "$type", "count": ["$sum": 1]]],
        ]
        for group in try await collection.aggregate(unmet, patience: patience) {
            let count = group["count"]?.integer ?? 0
            observer.observe(.expired(type: group["_id"]?.string ?? "", count: count))
        }
    }
}
