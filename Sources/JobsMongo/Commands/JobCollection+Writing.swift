import BSON
import Jobs
import Mongo

/// Writes of many documents. A document that the server refuses does not affect the others.
extension JobCollection {
    /// Inserts the documents of new jobs.
    ///
    /// - Returns: The errors of the jobs that were not inserted, by their index.
    /// - Throws: The error of the command as a whole. Then the outcome is unknown for every job.
    func insert(_ insert: JobInsert) async throws -> [Int: JobsError] {
        guard !insert.indices.isEmpty else { return [:] }
        do {
            _ = try await send(insert.command, as: .retryableWrite)
            return [:]
        } catch let error as MongoError {
            if !error.writeErrors.isEmpty { return failures(error, insert.indices) }
            guard case .refused = error.kind, insert.indices.count > 1 else {
                guard let refusal = error.asJobsError as? JobsError, case .refused = refusal else {
                    throw error.asJobsError
                }
                return [insert.indices[0]: refusal]
            }
            // Some documents cause the error of the whole command. They are found by bisection.
            let (first, second) = insert.halves(into: name)
            var failures = try await self.insert(first)
            do {
                failures.merge(try await self.insert(second)) { $1 }
            } catch {
                let failure = JobsError.unavailable(behindSuccess: error)
                for index in second.indices { failures[index] = failure }
            }
            return failures
        }
    }

    /// Returns the errors of the jobs of an insert.
    private func failures(_ error: MongoError, _ indices: [Int]) -> [Int: JobsError] {
        var failures: [Int: JobsError] = [:]
        if error.reply?["writeConcernError"] != nil {
            // The others are written, but a failover may roll them back.
            let unsure = JobsError.unavailable(reason: error.description)
            for index in indices { failures[index] = unsure }
        }
        for failed in error.writeErrors where indices.indices.contains(failed.index) {
            // Only this insert uses the id, so the existing document is the same one, sent before.
            if case .duplicateKey(let key) = failed.kind, key.fields == ["_id"] { continue }
            failures[indices[failed.index]] = failed.asJobsError
        }
        return failures
    }

    /// Changes the document with a unique key, or inserts one.
    ///
    /// - Returns: The document after the change; `nil` if another caller inserted one concurrently,
    ///   or one with the same request id.
    func upsert(_ query: BSONLiteral, _ update: BSONLiteral) async throws -> JobDocument? {
        do {
            return try await send(
                findAndModifyCommand(query, update: update, upsert: true), as: .retryableWrite)[
                    "value"]?.document.map { JobDocument($0) }
        } catch let error as MongoError {
            guard case .duplicateKey(let key) = error.kind, key.isOurs || key.isRequest else {
                throw error.asJobsError
            }
            return nil
        }
    }

    /// Changes documents by their ids, many with one command. If the server refuses some documents,
    /// they are found by bisection.
    ///
    /// - Parameter update: Changes all the documents, and returns how many it has changed.
    /// - Returns: The number of changed documents, and the ids of those that the server refuses.
    func changing(
        _ ids: [BSONLiteral], _ update: ([BSONLiteral]) async throws -> Int
    ) async throws -> (changed: Int, refused: [BSONLiteral]) {
        guard !ids.isEmpty else { return (0, []) }
        do {
            return (try await update(ids), [])
        } catch JobsError.refused {
            guard ids.count > 1 else { return (0, ids) }
            let first = try await changing(Array(ids[..<(ids.count / 2)]), update)
            let second = try await changing(Array(ids[(ids.count / 2)...]), update)
            return (first.changed + second.changed, first.refused + second.refused)
        }
    }
}

extension MongoError.DuplicateKey {
    /// Whether the key is the unique key or the id of an `add_uniq_job`, and not that of an
    /// operator's index.
    var isOurs: Bool {
        index == JobIndexes.unique.name || index == JobIndexes.id.name
            || fields == ["unique_key"] || fields == ["_id"] || (index == nil && fields.isEmpty)
    }

    /// Whether the key is the request id of an add.
    var isRequest: Bool { index == JobIndexes.request.name || fields == ["type", "request"] }

    /// Whether the key is that of a claim with a request id, which has started its job before.
    var isClaimRequest: Bool {
        index == JobIndexes.claimRequest.name
            || fields == ["type", "claim_request.id", "claim_request.slot"]
    }
}

extension JobsError {
    /// The error for the rest of a call after a part of it has taken effect.
    static func unavailable(behindSuccess error: any Error) -> JobsError {
        (error as? JobsError) ?? .unavailable(reason: "\(error)")
    }
}
