import BSON
public import Jobs

extension MongoJobsPersistence {
    /// Counts keys of the claim index, in the order of claims.
    public func countAhead(of job: Job, maxRetries: Int, limit: Int) async throws -> Int {
        let now: BSONLiteral = .value(try await collection.now().bson)
        let available: BSONLiteral = .value(job.availableAt().bson)
        let (type, priority) = (BSONLiteral.string(job.type), BSONLiteral.int(Int64(job.priority)))
        let parts: [BSONLiteral] = [
            ["type": type, "priority": ["$gt": priority], "available_at": ["$lte": now]],
            ["type": type, "priority": priority, "available_at": ["$lt": available]],
            [
                "type": type, "priority": priority, "available_at": available,
                "_id": ["$lt": job.id.bson],
            ],
        ]
        var count = 0
        for part in parts where count < limit {
            count += try await collection.count(
                part, hint: JobIndexes.claim, limit: limit - count)
        }
        return count
    }
}
