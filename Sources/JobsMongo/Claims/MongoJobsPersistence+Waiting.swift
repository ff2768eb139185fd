import BSON
import Jobs

extension MongoJobsPersistence {
    /// Returns the time until the next job becomes available, with two reads of single keys for
    /// each priority of the type.
    public func nextAvailability(of type: String) async throws -> Int64? {
        let now = try await collection.now()
        var next: Timestamp?
        // Whether the jobs of all priorities were read, and whether some were skipped.
        var (isAtEnd, isIncomplete) = (false, false)
        var priority: BSONValue?
        for _ in 0..<Self.maximumPriorities {
            priority = try await nextPriority(of: type, below: priority)
            guard let priority else {
                isAtEnd = true
                break
            }
            guard priority.isNumber else {
                isIncomplete = true
                continue
            }
            let query: BSONLiteral = [
                "type": .string(type), "priority": .value(priority),
                "available_at": ["$gt": .value(now.bson)],
            ]
            guard let first = try await firstKey(query, sort: ["available_at": 1]) else { continue }
            // An array of dates is ordered by one of its elements.
            guard let date = first["available_at"]?.date else { break }
            let available = Timestamp(milliseconds: date.milliseconds)
            next = min(next ?? available, available)
        }
        var known = next?.milliseconds(since: now)
        if let room = limited.nextRoom(type), room > now {
            known = min(known ?? .max, room.milliseconds(since: now))
        }
        return isAtEnd && !isIncomplete ? known : min(known ?? .max, Self.fallbackProbeMilliseconds)
    }

    /// The maximum number of priorities to read. With more priorities, waiting claims may find some
    /// jobs late.
    private static let maximumPriorities = 8
    private static let fallbackProbeMilliseconds: Int64 = 1000

    /// Returns the next lower priority of the type.
    ///
    /// - Parameter priority: A value of any BSON type. Values that are not numbers are skipped.
    private func nextPriority(of type: String, below priority: BSONValue?) async throws
        -> BSONValue?
    {
        var query: [BSONLiteral.Member] = [
            .init(key: "type", value: .string(type)),
            .init(key: "available_at", value: ["$exists": true]),
        ]
        if let priority {
            let bound: BSONLiteral =
                priority.isNumber
                ? ["$lt": .value(priority)] : ["$lte": .value(Double.infinity)]
            query.append(.init(key: "priority", value: bound))
        }
        let first = try await firstKey(.document(query), sort: ["priority": -1])
        return first?["priority"]
    }

    private func firstKey(_ query: BSONLiteral, sort: BSONLiteral) async throws -> BSONDocument? {
        try await collection.find(
            query, sort: sort, limit: 1,
            projection: ["_id": 0, "priority": 1, "available_at": 1], hint: JobIndexes.claim
        ).first
    }
}

extension BSONValue {
    fileprivate var isNumber: Bool {
        switch type {
        case .int32, .int64, .decimal128: true
        case .double: double?.isNaN == false
        default: false
        }
    }
}
