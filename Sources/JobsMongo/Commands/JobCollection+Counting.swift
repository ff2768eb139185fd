import BSON
import Jobs
import Mongo

extension JobCollection {
    /// What nobody waits for may take so many milliseconds; then the server gives it up.
    static let countingPatience: Int64 = 10_000

    /// The documents that a pipeline makes. It reads.
    /// - Parameter patience: how long that may take, in milliseconds.
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

    /// How many documents the query finds.
    func count(_ query: BSONLiteral, hint: JobIndexes.Index? = nil) async throws -> Int {
        let command = BSONDocument { command in
            command.append("count", name)
            command.append("query", query)
            command.append(hint, in: indexes)
            command.append("maxTimeMS", Self.countingPatience)
        }
        return Int(try await run(command, as: .read)["n"]?.integer ?? 0)
    }
}
