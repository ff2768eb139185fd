import BSON
import Jobs

/// What only the store sees of jobs, and counts.
extension MongoJobsPersistence {
    /// A job that was just started.
    func countLapse(_ found: JobDocument) {
        if found.hasLapsed { observer.observe(.lapsed(type: found.job.type)) }
    }

    /// A job that a claim met and could not have. (One that waits for a lease of an older service is none of
    /// these, one that another process has taken meanwhile neither.)
    func countObstacle(_ found: JobDocument) {
        guard found.job.completed == nil, !found.isAvailable else { return }
        if found.isParked {
            observer.observe(.exhausted(type: found.job.type))
        } else if found.job.executeUntil != nil {
            observer.observe(.expired(type: found.job.type))
        }
    }

    /// Jobs some of which were just taken off the claim index.
    func countObstacles(_ ids: [BSONLiteral]) async throws {
        let found = try await collection.find(
            ["_id": ["$in": .array(ids)], "available_at": ["$exists": false]] as BSONLiteral,
            limit: ids.count,
            projection: ["type": 1, "execute_until": 1, "completed": 1, "parked_at": 1],
            hint: JobIndexes.id)
        for document in found { countObstacle(JobDocument(document)) }
    }

    /// Expired jobs that no claim has met.
    /// - Parameter patience: for how many milliseconds they may be counted.
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
