public import Jobs
import Mongo

extension MongoJobsPersistence {
    /// One command for each, as callers are seldom gone.
    public func release(_ started: [StartedJob]) async throws {
        for started in started {
            _ = try await collection.findAndModify(
                ["_id": started.job.id.bson], update: Pipelines.release(started.lockToken))
        }
    }

    /// Two reads of single keys for each priority that jobs of the type have.
    public func nextAvailability(of type: String) async throws -> Int64? {
        let now = try await collection.now()
        var next: Timestamp?
        var priority: Int64?
        for _ in 0..<Self.maximumPriorities {
            priority = try await nextPriority(of: type, below: priority)
            guard let priority else { return next?.milliseconds(since: now) }
            let query: BSONLiteral = [
                "type": .string(type), "priority": .int(priority),
                "available_at": ["$gt": .value(now.bson)],
            ]
            let first = try await firstKey(query, sort: ["available_at": 1])
            guard let date = first?["available_at"]?.date else { continue }
            let available = Timestamp(milliseconds: date.milliseconds)
            next = min(next ?? available, available)
        }
        // There are more, and nothing is known of them.
        return min(next?.milliseconds(since: now) ?? .max, Self.ignoranceIsGoodFor)
    }

    /// Whoever uses more priorities has to put up with jobs found late by waiting claims.
    private static let maximumPriorities = 8
    private static let ignoranceIsGoodFor: Int64 = 1000

    private func nextPriority(of type: String, below priority: Int64?) async throws -> Int64? {
        var query: [BSONLiteral.Member] = [
            .init(key: "type", value: .string(type)),
            .init(key: "available_at", value: ["$exists": true]),
        ]
        if let priority { query.append(.init(key: "priority", value: ["$lt": .int(priority)])) }
        let first = try await firstKey(.document(query), sort: ["priority": -1])
        return first?["priority"]?.integer
    }

    private func firstKey(_ query: BSONLiteral, sort: BSONLiteral) async throws -> BSONDocument? {
        try await collection.find(
            query, sort: sort, limit: 1,
            projection: ["_id": 0, "priority": 1, "available_at": 1], hint: JobIndexes.claim
        ).first
    }
}

extension Timestamp {
    fileprivate func milliseconds(since other: Timestamp) -> Int64 {
        milliseconds - other.milliseconds
    }
}
