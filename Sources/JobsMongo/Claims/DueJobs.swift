import Jobs

/// The queries for the jobs of a type that are claimable according to the claim index.
enum DueJobs {
    /// The query by the time of the server. With `$exists` the server can use the partial index.
    ///
    /// - Parameter window: Where to start, which excludes lower priorities; `nil` for the
    ///   beginning.
    static func query(_ type: String, from window: ClaimPlace? = nil) -> BSONLiteral {
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

    /// Whether the job is due by the time of the server, as an expression.
    static let isDue = BSONLiteral.encoded(["$lte": ["$available_at", "$$NOW"]])

    /// The query by a time that is not later than the time of the server.
    ///
    /// An expression has to read each document, a date only the index. The update after this query
    /// judges the jobs again by the time of the server.
    static func query(_ type: String, from window: ClaimPlace?, at now: Timestamp)
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

    /// The order of claims: higher priority, then earlier availability, then id.
    static let order = BSONLiteral.encoded(["priority": -1, "available_at": 1, "_id": 1])
}
