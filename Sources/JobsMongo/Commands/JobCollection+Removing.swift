import BSON
import Jobs
import Mongo

extension JobCollection {
    /// How long the server may take for one slice of a removal, in milliseconds.
    static let removalPatience: Int64 = 10_000

    /// Removes the documents with these ids that the query finds.
    ///
    /// A server does not know a removal of many documents again. After a failure it is sent again
    /// from here, once: what is gone by then is not counted.
    /// - Returns: how many there were.
    func remove(_ ids: [BSONValue], where query: [BSONLiteral] = []) async throws -> Int {
        guard !ids.isEmpty else { return 0 }
        let ids: BSONLiteral = ["_id": ["$in": .array(ids.map { .value($0) })]]
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

/// How many documents to remove at once: as many as take about a quarter of a second.
struct RemovalPace {
    private(set) var size = 1000

    /// Removes a slice, and learns from the time it takes.
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
