import BSON
import Jobs
public import Logging

extension MongoJobsPersistence {
    private static let batchSize = 500

    /// Adopts the documents that an older service writes, until the task is cancelled.
    ///
    /// These documents lack the fields that claims use, and an older service does not maintain
    /// these fields. The method searches every second, and every five seconds after a minute
    /// without such a document. A search costs two reads of empty indexes.
    public func adoptContinuously(logger: Logger) async {
        var lastFound = ContinuousClock.now
        while true {
            do {
                let adopted = try await adopt()
                if adopted > 0 {
                    logger.info("Adopted \(adopted) jobs of an older service")
                    lastFound = .now
                }
                let refused = passedOver.takeUnreported()
                if refused > 0 {
                    logger.warning(
                        "The database does not allow \(refused) jobs to be changed; they are skipped"
                    )
                }
            } catch is CancellationError {
                return
            } catch {
                // The next search tries again.
                logger.debug("Failed to adopt jobs of an older service", error: error)
            }
            let pause: Duration =
                lastFound.duration(to: .now) < .seconds(60) ? .seconds(1) : .seconds(5)
            if (try? await Task.sleep(for: pause)) == nil { return }
        }
    }

    /// Adopts the existing documents, in batches.
    ///
    /// - Returns: The number of adopted jobs.
    @discardableResult
    func adopt() async throws -> Int {
        var adopted = try await readmit()
        while true {
            try Task.checkCancellation()
            let more = try await adoptSome()
            adopted += more
            if more == 0 { return adopted }
        }
    }

    /// Adds the missing fields to the oldest documents of the older service.
    ///
    /// - Parameter type: The type of the jobs to adopt; `nil` for all.
    /// - Returns: The number of adopted jobs; 0 if there are none that the database allows to
    ///   change.
    @discardableResult
    func adoptSome(type: String? = nil) async throws -> Int {
        let found = try await collection.find(
            passedOver.excluded(from: Self.unadopted(type: type)), limit: Self.batchSize,
            projection: ["_id": 1], hint: JobIndexes.unadopted)
        let ids = found.compactMap { $0["_id"] }.map { BSONLiteral.value($0) }
        if ids.isEmpty { return 0 }
        let (_, refused) = try await collection.changing(ids) { [collection] ids in
            try await collection.updateMany(
                ["_id": ["$in": .array(ids)], "priority": .null], Pipelines.adopt,
                hint: JobIndexes.id)
        }
        passedOver.add(refused)
        return ids.count - refused.count
    }

    /// Makes jobs claimable after the older service has ended their leases.
    ///
    /// A job whose lease was only shortened waits until the former end. To find it, an index would
    /// be necessary that every claim has to update.
    private func readmit() async throws -> Int {
        let query = passedOver.excluded(from: Self.endedElsewhere)
        let found = try await collection.find(
            query, limit: 1, projection: ["_id": 1], hint: JobIndexes.endedElsewhere)
        if found.isEmpty { return 0 }
        do {
            return try await collection.updateMany(
                query, Pipelines.readmit, hint: JobIndexes.endedElsewhere)
        } catch JobsError.refused {
            // Some of the documents cause the error: the others are updated without them.
            let ids = try await collection.find(
                query, limit: Self.batchSize, projection: ["_id": 1],
                hint: JobIndexes.endedElsewhere
            ).compactMap { $0["_id"] }.map { BSONLiteral.value($0) }
            let (changed, refused) = try await collection.changing(ids) { [collection] ids in
                try await collection.updateMany(
                    [
                        "$and": [["_id": ["$in": .array(ids)]], Self.endedElsewhere]
                    ],
                    Pipelines.readmit, hint: JobIndexes.id)
            }
            passedOver.add(refused)
            return changed
        }
    }

    static let endedElsewhere: BSONLiteral = ["leased": true, "locked_until": .null]

    /// The query for documents without a priority. Documents with dates as strings are excluded,
    /// since they have to be migrated first.
    static func unadopted(type: String? = nil) -> BSONLiteral {
        [
            "type": type.map { .string($0) } ?? ["$gte": ""], "priority": .null,
            "created": ["$type": "date"],
        ]
    }
}
