import BSON
import Jobs
public import Logging

extension MongoJobsPersistence {
    private static let batchSize = 500

    /// Takes over what an older service writes, until the task is cancelled.
    ///
    /// Its documents lack the fields that claims go by, and what it changes it changes without them.
    /// While both services run, there may be more at any time: then it looks every second. Where
    /// nothing was found for a minute it looks every five; each look is two reads of empty indexes.
    public func adoptContinuously(logger: Logger) async {
        var lastFound = ContinuousClock.now
        while true {
            do {
                let adopted = try await adopt()
                if adopted > 0 {
                    logger.info("Took over \(adopted) jobs of an older service")
                    lastFound = .now
                }
                let refused = passedOver.takeUnreported()
                if refused > 0 {
                    logger.warning(
                        "The database does not let \(refused) jobs be changed, which are passed over"
                    )
                }
            } catch is CancellationError {
                return
            } catch {
                // The next look tries again; nothing depends on this one.
                logger.debug("Failed to take over jobs of an older service", error: error)
            }
            let pause: Duration =
                lastFound.duration(to: .now) < .seconds(60) ? .seconds(1) : .seconds(5)
            if (try? await Task.sleep(for: pause)) == nil { return }
        }
    }

    /// Takes over what is there now, in batches.
    /// - Returns: how many jobs that were.
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

    /// Gives the oldest documents of the older service the fields that they lack.
    /// - Parameter type: of jobs to take over; nil: all.
    /// - Returns: how many were taken over; 0 if there are no more, or none that the database lets be changed.
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

    /// Makes jobs claimable whose lease the older service has ended.
    ///
    /// One whose lease it only shortened is left to wait for the former end: that hurts little, and
    /// finding it would take an index that every claim pays for.
    private func readmit() async throws -> Int {
        let query = passedOver.excluded(from: Self.endedElsewhere)
        let found = try await collection.find(
            query, limit: 1, projection: ["_id": 1], hint: JobIndexes.endedElsewhere)
        if found.isEmpty { return 0 }
        do {
            return try await collection.updateMany(
                query, Pipelines.readmit, hint: JobIndexes.endedElsewhere)
        } catch JobsError.refused {
            // Because of some of them; the others have their turn by and by.
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

    /// Documents without a priority, whose dates are dates: strings have to be migrated first.
    static func unadopted(type: String? = nil) -> BSONLiteral {
        [
            "type": type.map { .string($0) } ?? ["$gte": ""], "priority": .null,
            "created": ["$type": "date"],
        ]
    }
}
