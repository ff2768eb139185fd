import Jobs
public import Logging
import Mongo

extension MongoJobsPersistence {
    private static let batchSize = 500

    /// Takes over documents that an older service writes, every second until the task is cancelled.
    ///
    /// Such documents lack the fields that claims go by. While both services run, new ones may come at
    /// any time; where there are none, a look costs one read of an empty index.
    public func adoptContinuously(logger: Logger) async {
        repeat {
            do {
                let adopted = try await adopt()
                if adopted > 0 { logger.info("Took over \(adopted) jobs of an older service") }
            } catch is CancellationError {
                return
            } catch {
                // The next second tries again; nothing depends on this one.
                logger.debug("Failed to take over jobs of an older service", error: error)
            }
        } while (try? await Task.sleep(for: .seconds(1))) != nil
    }

    /// Takes over the documents that are there now, in batches.
    /// - Parameter type: of jobs to take over; nil: all.
    /// - Returns: how many there were.
    @discardableResult
    func adopt(type: String? = nil) async throws -> Int {
        var adopted = 0
        while true {
            let found = try await collection.find(
                Self.unadopted(type: type), limit: Self.batchSize, projection: ["_id": 1],
                hint: JobIndexes.unadopted)
            let ids = found.compactMap { $0["_id"] }.map { BSONLiteral.value($0) }
            if ids.isEmpty { return adopted }
            adopted += try await collection.updateMany(
                ["_id": ["$in": .array(ids)], "priority": .null], Pipelines.adopt)
            if ids.count < Self.batchSize { return adopted }
        }
    }

    /// Documents without a priority, whose dates are dates: strings have to be migrated first.
    static func unadopted(type: String? = nil) -> BSONLiteral {
        [
            "type": type.map { .string($0) } ?? ["$gte": ""], "priority": .null,
            "created": ["$type": "date"],
        ]
    }
}
