import BSON
public import Jobs
import Synchronization

/// Counts groups of errors with the index of the groups, and reads no job but one example of each
/// group.
///
/// The server skips from group to group in the index, and counts up to ``ErrorGroups/exactCount``
/// keys of each. So the cost grows with the number of groups, but not with that of the jobs beyond
/// it.
struct ErrorWalk {
    /// The number of groups that are counted at most.
    private static let maximumGroups = 5000
    /// The number of commands at a time.
    private static let breadth = 4

    let collection: JobCollection
    let query: ErrorQuery
    /// When the walk has to end.
    let end: ContinuousClock.Instant
    /// When no more is read than the walk needs.
    let patience: ContinuousClock.Instant

    struct Group {
        var type: String
        var errorKey: String
        /// When the first of all its jobs failed.
        var first: Timestamp?
        var count = 0
    }

    /// A time of the server.
    let now: Timestamp

    /// - Throws: ``JobsError/timedOut(reason:)`` if the time is over.
    func groups() async throws -> ErrorGroups {
        let (found, isCut) = try await found()
        var counted = try await each(found) { group in
            var group = group
            group.count = try await count(group)
            return group.count > 0 ? group : nil
        }
        counted.sort {
            ErrorGroups.isOrdered(
                ($0.count, $0.type, $0.errorKey), ($1.count, $1.type, $1.errorKey))
        }
        let shown = Array(counted.prefix(ErrorGroups.maximumCount))
        return ErrorGroups(
            groups: try await each(shown, described),
            isTruncated: isCut || counted.count > ErrorGroups.maximumCount)
    }

    /// - Returns: The groups that may have jobs, and whether there are more of them.
    private func found() async throws -> (groups: [Group], isCut: Bool) {
        let limit = Self.maximumGroups + 1
        let types: [String]
        if let wanted = query.wantedTypes {
            types = wanted
        } else {
            types = try await distinct("type", ["type": ["$gte": ""]], limit: limit).map(\.value)
        }
        var found: [Group] = []
        for type in types where found.count < limit {
            found += try await distinct(
                "error_group.key", ["type": .string(type)], limit: limit - found.count
            ).map { Group(type: type, errorKey: $0.value, first: $0.first) }
        }
        return (Array(found.prefix(Self.maximumGroups)), found.count == limit)
    }

    /// The different values of a field, each with the first time of its first key: the server reads
    /// one key of each.
    private func distinct(_ field: String, _ condition: FieldValues, limit: Int) async throws
        -> [(value: String, first: Timestamp?)]
    {
        let values = Mutex<[(value: String, first: Timestamp?)]>([])
        let conditions = condition + ["error_group.key": ["$gte": ""]]
        let command = { (command: inout BSONBuilder) in
            command.append("aggregate", collection.name)
            command.append(
                "pipeline",
                [
                    ["$match": .document(conditions.members)],
                    ["$sort": ["type": 1, "error_group.key": 1, "error_group.at": 1]],
                    [
                        "$group": [
                            "_id": .string("$\(field)"),
                            "first": ["$first": "$error_group.at"],
                        ]
                    ], ["$limit": .int(Int64(limit))],
                ] as BSONLiteral)
            command.append("cursor", ["batchSize": .int(Int64(limit) + 1)] as BSONLiteral)
        }
        try await read(command) { reply in
            let found = reply.batch.compactMap { document in
                document["_id"]?.string.map { ($0, document["first"]?.moment) }
            }
            values.withLock { $0 += found }
        }
        return values.withLock { $0 }
    }

    private func count(_ group: Group) async throws -> Int {
        let count = Mutex<Int64>(0)
        let command = { (command: inout BSONBuilder) in
            command.append("count", collection.name)
            command.append("query", jobs(of: group))
            command.append("limit", Int64(ErrorGroups.exactCount) + 1)
        }
        try await read(command) { reply in
            count.withLock { $0 = reply["n"]?.integer ?? 0 }
        }
        return Int(count.withLock { $0 })
    }

    /// - Returns: The group with its first and its last job; `nil` if it has none by now.
    private func described(_ group: Group) async throws -> ErrorGroup? {
        guard let last = try await job(of: group, direction: -1) else { return nil }
        var first = query.from == nil ? group.first : nil
        if first == nil { first = try await job(of: group, direction: 1)?.errored }
        return ErrorGroup(
            type: group.type, errorKey: group.errorKey,
            count: min(group.count, ErrorGroups.exactCount),
            isCountAtLeast: group.count > ErrorGroups.exactCount,
            first: first ?? last.errored ?? last.created, last: last.errored ?? last.created,
            recent: try await recent(group, last.errored ?? last.created),
            example: ErrorGroup.Example(last))
    }

    /// The job of a group that failed first, or last. A document is read only for the last one.
    private func job(of group: Group, direction: Int32) async throws -> Job? {
        let found = Mutex<Job?>(nil)
        let isLast = direction < 0
        let command = { (command: inout BSONBuilder) in
            command.append("find", collection.name)
            command.append("filter", jobs(of: group))
            command.append("sort", ["error_group.at": .value(direction)] as BSONLiteral)
            command.append(
                "projection",
                isLast
                    ? ["error.type": 1, "error.message": 1, "error_group": 1]
                    : ["_id": 1, "error_group.key": 1, "error_group.at": 1] as BSONLiteral)
            command.append("limit", Int32(1))
            command.append("singleBatch", true)
        }
        try await read(command) { reply in
            found.withLock { $0 = reply.batch.first.map { JobDocument($0).job } }
        }
        return found.withLock { $0 }
    }

    func jobs(of group: Group, from: Timestamp? = nil) -> BSONLiteral {
        var conditions: FieldValues = [
            "type": .string(group.type), "error_group.key": .string(group.errorKey),
        ]
        var bounds: FieldValues = [:]
        if let from = [from, query.from].compactMap(\.self).max() {
            bounds["$gte"] = .value(from.bson)
        }
        if let to = query.to { bounds["$lte"] = .value(to.bson) }
        if !bounds.members.isEmpty { conditions["error_group.at"] = .document(bounds.members) }
        return .document(conditions.members)
    }

    /// Sends a command with the index and the time that is left.
    func read(
        _ command: (inout BSONBuilder) -> Void, onReply: @escaping @Sendable (BSONDocument) -> Void
    ) async throws {
        let left = ContinuousClock.now.duration(to: end).wholeMilliseconds
        guard left > 0 else { throw JobsError.timedOut(reason: "") }
        let document = BSONDocument { document in
            command(&document)
            document.append(JobIndexes.errorGroups, in: collection.indexes)
            document.append("maxTimeMS", left)
        }
        try await collection.read(document) { reply in
            onReply(reply)
            return true
        }
    }

    /// Returns the results of `work` for each item that has one, in order. A few run at a time.
    private func each<Item: Sendable, Value: Sendable>(
        _ items: [Item], _ work: @escaping @Sendable (Item) async throws -> Value?
    ) async throws -> [Value] {
        let breadth = Self.breadth
        var results = [Value?](repeating: nil, count: items.count)
        try await withThrowingTaskGroup(of: [(Int, Value?)].self) { group in
            for start in 0..<breadth {
                group.addTask {
                    var made: [(Int, Value?)] = []
                    for index in stride(from: start, to: items.count, by: breadth) {
                        made.append((index, try await work(items[index])))
                    }
                    return made
                }
            }
            for try await made in group {
                for (index, value) in made { results[index] = value }
            }
        }
        return results.compactMap(\.self)
    }
}

extension MongoJobsPersistence {
    /// Counts the groups with an index of the jobs whose last attempts failed.
    public func errors(_ query: ErrorQuery) async throws -> ErrorGroups {
        let end = ContinuousClock.now + listTimeout
        do {
            let now = try await collection.now()
            return try await ErrorWalk(
                collection: collection, query: query, end: end,
                patience: ContinuousClock.now + listTimeout / 2, now: now
            ).groups()
        } catch JobsError.timedOut {
            throw JobsError.timedOut(
                reason:
                    "The errors took longer than \(listTimeout.wholeMilliseconds) ms: ask for one type"
            )
        }
    }
}
