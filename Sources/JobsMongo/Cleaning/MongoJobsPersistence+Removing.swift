import BSON
import Jobs
import Mongo

extension MongoJobsPersistence {
    /// Removes the jobs of a snapshot of the collection, in slices by id.
    ///
    /// Cancellation takes effect between two slices. A snapshot is available as long as the server
    /// keeps its history, by default five minutes.
    @discardableResult
    public func deleteAll() async throws -> Int {
        var removed = 0
        return try await Self.sayingHowFar(removed) {
            var snapshot = CollectionSnapshot(collection)
            var pace = RemovalPace()
            while true {
                try Task.checkCancellation()
                let ids = try await snapshot.next(pace.size)
                guard !ids.isEmpty else { return removed }
                removed += try await pace.measure { try await collection.remove(ids) }
            }
        }
    }

    /// Runs a removal in slices, and adds the number of removed jobs to its error.
    static func sayingHowFar<Value>(
        _ removed: @autoclosure () -> Int, _ work: () async throws -> Value
    ) async throws -> Value {
        do {
            return try await work()
        } catch let error as CancellationError {
            throw error
        } catch {
            let count = removed()
            guard count > 0 else { throw error }
            throw JobsError.timedOut(
                reason: "\(count) jobs were removed, the others not yet; repeat this to go on")
        }
    }
}

/// The ids of the documents in a collection at one moment, read in slices.
struct CollectionSnapshot {
    private let collection: JobCollection
    /// The time of the snapshot on the server; `nil` before the first read.
    private var time: BSONValue?
    private var last: BSONValue?
    private var hasEnded = false
    /// The remaining ids, if the server does not support snapshots.
    private var gathered: [BSONValue]?

    init(_ collection: JobCollection) {
        self.collection = collection
    }

    /// Returns the next ids in order; empty at the end.
    mutating func next(_ count: Int) async throws -> [BSONValue] {
        if let gathered {
            self.gathered = Array(gathered.dropFirst(count))
            return Array(gathered.prefix(count))
        }
        guard !hasEnded else { return [] }
        do {
            let reply = try await collection.run(query(count), as: .read)
            time = time ?? reply["cursor"]?.document?["atClusterTime"]
            guard time != nil else { return try await gatherAll(count) }
            let ids = reply.batch.compactMap { $0["_id"] }
            hasEnded = ids.count <= count
            // The slice starts with the last id of the previous one.
            let new = last == nil ? ids.prefix(count) : ids.dropFirst()
            last = new.last ?? last
            return Array(new)
        } catch let error as MongoError where time == nil {
            // A standalone server, or an old one.
            guard case .other = error.kind else { throw error }
            return try await gatherAll(count)
        }
    }

    private mutating func gatherAll(_ count: Int) async throws -> [BSONValue] {
        let command = BSONDocument { command in
            command.append("find", collection.name)
            command.append("filter", [:] as BSONLiteral)
            command.append("projection", ["_id": 1] as BSONLiteral)
            command.append("hint", JobIndexes.id.name)
            command.append("maxTimeMS", JobCollection.removalPatience)
        }
        gathered = try await collection.documents(of: command).compactMap { $0["_id"] }
        return try await next(count)
    }

    private func query(_ count: Int) -> BSONDocument {
        BSONDocument { command in
            command.append("find", collection.name)
            command.append("filter", [:] as BSONLiteral)
            command.append("projection", ["_id": 1] as BSONLiteral)
            command.append("sort", ["_id": 1] as BSONLiteral)
            if let last {
                command.append("hint", JobIndexes.id.name)
                command.append("min", ["_id": .value(last)] as BSONLiteral)
            }
            command.append("limit", Int64(count) + 1)
            command.append("batchSize", Int64(count) + 2)
            command.append("maxTimeMS", JobCollection.removalPatience)
            command.document("readConcern") { concern in
                concern.append("level", "snapshot")
                if let time { concern.append("atClusterTime", BSONLiteral.value(time)) }
            }
        }
    }
}
