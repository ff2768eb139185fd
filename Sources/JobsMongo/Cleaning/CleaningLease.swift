import BSON
import Foundation
import Jobs
import Mongo

/// The lease that one instance at a time holds while it cleans in the background: a document in the
/// same database that lapses at a time of the server's clock.
struct CleaningLease: Sendable {
    private let records: JobCollection
    private let holder = UUID().uuidString

    /// The duration of the lease, in milliseconds: longer than the maximum time of a slice.
    static let duration: Int64 = 60_000

    init(_ collection: JobCollection) {
        records = JobCollection(
            client: collection.client, database: collection.database,
            name: "\(collection.name)_records")
    }

    /// Takes the lease.
    ///
    /// - Returns: Whether this instance may clean. If the account may not write the document, the
    ///   instance cleans without a lease, which is harmless.
    func take() async throws -> Bool {
        do {
            return try await update()
        } catch let error as MongoError {
            // Of two concurrent upserts, the other one has the lease.
            guard case .duplicateKey = error.kind else { throw error.asJobsError }
            return false
        }
    }

    /// Extends the lease to its full duration from now, unless another instance has it.
    func renew() async throws {
        _ = try await update()
    }

    /// Ends the lease. If this fails, the lease lapses at its end.
    func giveBack() async {
        let command = BSONDocument { command in
            command.append("findAndModify", records.name)
            command.append("query", ["_id": Self.id, "holder": .string(holder)] as BSONLiteral)
            command.append("remove", true)
        }
        // Even if the caller is cancelled, so that the next cleaning does not have to wait.
        _ = await Task { try? await records.run(command, as: .retryableWrite) }.value
    }

    private static let id: BSONLiteral = "cleaning"

    /// Takes or extends the lease in one step, if it is free or belongs to this instance.
    ///
    /// - Returns: Whether this instance has the lease.
    private func update() async throws -> Bool {
        let isFree: BSONLiteral = [
            "$or": [
                ["$eq": ["$holder", .string(holder)]],
                ["$lte": [["$ifNull": ["$until", .value(Timestamp.min.bson)]], "$$NOW"]],
            ]
        ]
        let until: BSONLiteral = ["$add": ["$$NOW", .int(Self.duration)]]
        let change: BSONLiteral = [
            [
                "$set": [
                    "holder": ["$cond": [isFree, .string(holder), "$holder"]],
                    "until": ["$cond": [isFree, until, "$until"]],
                ]
            ]
        ]
        let command = BSONDocument { command in
            command.append("findAndModify", records.name)
            command.append("query", ["_id": Self.id] as BSONLiteral)
            command.append("update", change)
            command.append("upsert", true)
            command.append("new", true)
        }
        do {
            let reply = try await records.client.run(
                command, on: records.database, as: .retryableWrite)
            return reply["value"]?.document?["holder"]?.string == holder
        } catch let error as MongoError where error.kind == .notAuthenticated {
            return true
        }
    }
}
