import BSON
import Jobs
import Mongo

extension JobCollection {
    /// The time limit of a count that no caller waits for, in milliseconds.
    static let countingPatience: Int64 = 10_000

    /// Returns the documents of a read-only pipeline.
    ///
    /// - Parameter patience: The time limit, in milliseconds.
    func aggregate(
        _ pipeline: [BSONLiteral], hint: JobIndexes.Index? = nil,
        patience: Int64 = countingPatience
    ) async throws -> [BSONDocument] {
        let command = BSONDocument { command in
            command.append("aggregate", name)
            command.append("pipeline", BSONLiteral.array(pipeline))
            command.append("cursor", [:] as BSONLiteral)
            command.append(hint, in: indexes)
            command.append("maxTimeMS", patience)
        }
        return try await documents(of: command)
    }

    /// Returns the number of matching documents.
    ///
    /// - Parameter limit: The number at which the count stops; `nil` for none.
    func count(_ query: BSONLiteral, hint: JobIndexes.Index? = nil, limit: Int? = nil)
        async throws -> Int
    {
        let command = BSONDocument { command in
            command.append("count", name)
            command.append("query", query)
            if let limit { command.append("limit", Int64(limit)) }
            command.append(hint, in: indexes)
            command.append("maxTimeMS", Self.countingPatience)
        }
        return Int(try await run(command, as: .read)["n"]?.integer ?? 0)
    }
}
