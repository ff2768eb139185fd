import BSON
import Jobs
import Mongo
import Synchronization

extension JobCollection {
    /// Runs a command whose duration depends on the filter of a caller, separately from other
    /// commands.
    func read(
        _ command: BSONDocument, onReply: @escaping @Sendable (BSONDocument) -> Bool
    ) async throws {
        do {
            try await withHint(command) {
                try await client.read($0, on: database, onReply: onReply)
            }
        } catch let error as MongoError {
            throw error.asJobsError
        }
    }

    /// Returns the number of documents in a list without a limit.
    ///
    /// - Parameters:
    ///   - usesTime: Whether the query has the time of the server, which a `count` does not have.
    ///   - limit: The number at which the count stops; `nil` for none.
    ///   - patience: The time limit of the count, in milliseconds.
    func countListed(
        _ query: BSONDocument, usesTime: Bool, hint: JobIndexes.Index?, limit: Int? = nil,
        patience: Int64
    ) async throws -> Int {
        let count = Mutex<Int64>(0)
        let end: [BSONLiteral] = limit.map { [["$limit": .int(Int64($0))]] } ?? []
        let command = BSONDocument { command in
            if usesTime {
                command.append("aggregate", name)
                command.append(
                    "pipeline",
                    BSONLiteral.array([["$match": .value(query)]] + end + [["$count": "n"]]))
                command.append("cursor", [:] as BSONLiteral)
            } else {
                command.append("count", name)
                command.append("query", query)
                if let limit { command.append("limit", Int64(limit)) }
            }
            command.append(hint, in: indexes)
            command.append("maxTimeMS", patience)
        }
        try await read(command) { reply in
            let found = usesTime ? reply.batch.first?["n"] : reply["n"]
            count.withLock { $0 = found?.integer ?? 0 }
            return true
        }
        return Int(count.withLock { $0 })
    }
}
