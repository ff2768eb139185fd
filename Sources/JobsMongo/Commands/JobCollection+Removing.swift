import BSON
import Jobs
import Mongo

extension JobCollection {
    /// The time limit of one slice of a removal, in milliseconds.
    static let removalPatience: Int64 = 10_000

    /// Removes the documents with these ids that match the query.
    ///
    /// A removal of many documents is not a retryable write. After a failure this method repeats it
    /// once; documents that the first attempt removed are not counted.
    /// - Returns: The number of removed documents.
    func remove(_ ids: [BSONValue], where query: [BSONLiteral] = []) async throws -> Int {
        try await remove(ids.map { .value($0) }, where: query)
    }

    /// The same for ids of any form.
    func remove(_ ids: [BSONLiteral], where query: [BSONLiteral] = []) async throws -> Int {
        guard !ids.isEmpty else { return 0 }
        let ids: BSONLiteral = ["_id": ["$in": .array(ids)]]
        let command = BSONDocument { command in
            command.append("delete", name)
            command.append(
                "deletes", [["q": ["$and": .array([ids] + query)], "limit": 0]] as BSONLiteral)
            command.append("maxTimeMS", Self.removalPatience)
        }
        do {
            return try await removed(command)
        } catch JobsError.unavailable {
            try Task.checkCancellation()
            return try await removed(command)
        }
    }

    private func removed(_ command: BSONDocument) async throws -> Int {
        Int(try await run(command, as: .write)["n"]?.integer ?? 0)
    }
}

/// The number of documents to remove with one command, adapted to take about a quarter of a second.
struct RemovalPace {
    private(set) var size = 1000

    /// Removes a slice, and adapts the size to the time it takes.
    mutating func measure(_ remove: () async throws -> Int) async throws -> Int {
        let start = ContinuousClock.now
        let removed = try await remove()
        let time = start.duration(to: .now)
        if time > .milliseconds(500) {
            size = max(size / 2, 100)
        } else if time < .milliseconds(125) {
            size = min(size * 2, 5000)
        }
        return removed
    }
}
