import BSON
import Foundation
import Jobs
import Mongo

/// What one instance at a time holds while it cleans in the background: a document beside the jobs,
/// with a time by the server's clock at which it lapses.
struct CleaningLease: Sendable {
    private let records: JobCollection
    private let holder = UUID().uuidString

    /// For so many milliseconds it is held without being renewed: longer than any slice may take.
    static let duration: Int64 = 60_000

    init(_ collection: JobCollection) {
        records = JobCollection(
            client: collection.client, database: collection.database,
            name: "\(collection.name)_records")
    }

    /// - Returns: whether the lease is this instance's. An account that may not write there cleans
    ///   without: that is no worse than several cleaners at once.
    func take() async throws -> Bool {
        do {
            return try await update()
        } catch let error as MongoError {
            // Two upserts at once: the other one has it.
            guard case .duplicateKey = error.kind else { throw error.asJobsError }
            return false
        }
    }

    /// Holds it for the whole time from now on, unless another instance has it.
    func renew() async throws {
        _ = try await update()
    }

    /// If this fails, it lapses by itself.
    func giveBack() async {
        let command = BSONDocument { command in
            command.append("findAndModify", records.name)
            command.append("query", ["_id": Self.id, "holder": .string(holder)] as BSONLiteral)
            command.append("remove", true)
        }
        // Also for a caller that was cancelled, so that the next cleaner need not wait.
        _ = await Task { try? await records.run(command, as: .retryableWrite) }.value
    }

    private static let id: BSONLiteral = "cleaning"

    /// Takes the lease if it is free or this instance's, in one step.
    /// - Returns: whether it is this instance's now.
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
