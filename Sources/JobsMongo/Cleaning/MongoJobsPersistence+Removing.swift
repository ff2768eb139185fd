import BSON
import Jobs
import Mongo

extension MongoJobsPersistence {
    /// Removes what a snapshot of the collection shows, in slices by id.
    ///
    /// Between slices it ends if the task is cancelled. A snapshot lasts as long as the server keeps its
    /// history, five minutes unless it is configured otherwise.
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

    /// Carries out what goes in slices; if it fails midway, the caller learns how far it came.
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

/// The ids of the documents that a collection holds at one moment, a slice at a time.
struct CollectionSnapshot {
    private let collection: JobCollection
    /// The server's time of the snapshot, once it has been taken.
    private var time: BSONValue?
    private var last: BSONValue?
    private var hasEnded = false
    /// What is left of the ids, where the server keeps no history to read them from later.
    private var gathered: [BSONValue]?

    init(_ collection: JobCollection) {
        self.collection = collection
    }

    /// The next ids in their order; none at the end.
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
            // The slice begins with the last id of the one before.
            let new = last == nil ? ids.prefix(count) : ids.dropFirst()
            last = new.last ?? last
            return Array(new)
        } catch let error as MongoError where time == nil {
            // A server on its own, or an old one.
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
