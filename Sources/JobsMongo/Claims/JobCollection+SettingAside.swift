import BSON
import Jobs

extension JobCollection {
    /// Removes those of the jobs from the claim index that are due but cannot be claimed.
    func setAside(_ ids: [BSONLiteral], maxRetries: Int) async throws
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
                                    Pipelines.isOver, Pipelines.isLive, Pipelines.isExpired,
                                    Pipelines.isUnmigrated, Pipelines.isUnnamed,
                                    Pipelines.hasReached(maxRetries),
                                ]
                            ],
                        ]
                    ],
                ],
                Pipelines.setAside(maxRetries: maxRetries), hint: JobIndexes.id)
        }
    }
}
