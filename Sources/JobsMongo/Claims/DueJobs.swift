import Jobs

/// The jobs of a type that the claim index has as claimable.
enum DueJobs {
    /// By the server's time. The `$exists` is what lets the server use the partial index.
    /// - Parameter window: where to begin, which leaves out lower priorities; nil: at the beginning.
    static func query(_ type: String, from window: ClaimWindows.Window? = nil) -> BSONLiteral {
        guard let window else {
            return ["type": .string(type), "available_at": ["$exists": true], "$expr": isDue]
        }
        return [
            "$or": [
                [
                    "type": .string(type), "priority": ["$gt": .int(Int64(window.priority))],
                    "available_at": ["$exists": true], "$expr": isDue,
                ],
                [
                    "type": .string(type), "priority": .int(Int64(window.priority)),
                    "available_at": ["$gte": .value(window.availableAt.bson)], "$expr": isDue,
                ],
            ]
        ]
    }

    private static let isDue = BSONLiteral.encoded(["$lte": ["$available_at", "$$NOW"]])

    /// By a time that is not later than the server's. An expression has to read each document, a date
    /// only the index; what the update behind this look is to change it judges by the server's time.
    static func query(_ type: String, from window: ClaimWindows.Window?, at now: Timestamp)
        -> BSONLiteral
    {
        let now: BSONLiteral = .value(now.bson)
        guard let window else { return ["type": .string(type), "available_at": ["$lte": now]] }
        return [
            "$or": [
                [
                    "type": .string(type), "priority": ["$gt": .int(Int64(window.priority))],
                    "available_at": ["$lte": now],
                ],
                [
                    "type": .string(type), "priority": .int(Int64(window.priority)),
                    "available_at": ["$gte": .value(window.availableAt.bson), "$lte": now],
                ],
            ]
        ]
    }

    /// Higher priority, then what became available earlier, then by id.
    static let order = BSONLiteral.encoded(["priority": -1, "available_at": 1, "_id": 1])
}
