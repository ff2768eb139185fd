import BSON
public import Jobs
import Mongo
import Synchronization

/// News by a change stream on the collection: adds, by this service or an older one, and jobs that
/// were given back, whose documents then say their type (an update's event shows only what it changed).
///
/// Leases and delays that end are nobody's act. Whoever waits for them asks for the next availability.
extension MongoJobsPersistence: JobsNews {
    public func follow(
        _ types: [String], onFollowing: @escaping @Sendable () -> Void,
        onNews: @escaping @Sendable ([JobNews]) -> Void
    ) async throws {
        let isFirst = Mutex(true)
        // Events say at what time a job can be claimed.
        _ = try await collection.now()
        // A stream that ends by itself belongs to a collection that was dropped or renamed.
        defer { if !Task.isCancelled { collection.indexes.suspect() } }
        do {
            try await collection.client.follow(stream(of: types), on: collection.database) {
                [collection] reply in
                let isOpening = isFirst.withLock { isFirst in
                    defer { isFirst = false }
                    return isFirst
                }
                if isOpening { onFollowing() }
                let now = collection.clock.estimate()
                let news = reply.batch.compactMap { JobNews($0, now: now) }
                if !news.isEmpty { onNews(news) }
                return true
            }
        } catch let error as MongoError where Self.isUnsupported(error) {
            throw JobsNewsError.unsupported(reason: error.message)
        } catch let error as MongoError {
            throw error.asJobsError
        }
    }

    private func stream(of types: [String]) -> BSONDocument {
        // A filter for so many is as long as what it keeps out.
        let isWanted: BSONLiteral =
            types.count > 1000
            ? ["$exists": true] : ["$in": .array(types.map { .string($0) })]
        let filter: BSONLiteral = [
            "$or": [
                [
                    "operationType": ["$in": ["insert", "replace"]],
                    "fullDocument.type": isWanted,
                ],
                [
                    "operationType": "update", "updateDescription.updatedFields.returned": isWanted,
                ],
            ]
        ]
        let shown: BSONLiteral = [
            "documentKey._id": 1, "operationType": 1,
            "fullDocument.type": 1, "fullDocument.available_at": 1,
            "updateDescription.updatedFields.returned": 1,
            "updateDescription.updatedFields.available_at": 1,
        ]
        return BSONDocument([
            "aggregate": .string(collection.name), "cursor": [:],
            "pipeline": [["$changeStream": [:]], ["$match": filter], ["$project": shown]],
        ])
    }

    /// A server on its own has no log of changes, and very old ones have no such stage.
    private static func isUnsupported(_ error: MongoError) -> Bool {
        [40573, 40324].contains(error.code)
    }
}

extension JobNews {
    /// - Parameter now: the server's time; nil: not known, after a failover.
    fileprivate init?(_ event: BSONDocument, now: Timestamp?) {
        guard let id = event["documentKey"]?.document?["_id"]?.jobID else { return nil }
        let inserted = event["fullDocument"]?.document
        let updated = event["updateDescription"]?.document?["updatedFields"]?.document
        guard let type = (inserted?["type"] ?? updated?["returned"])?.string else { return nil }
        let available = (inserted ?? updated)?["available_at"]?.date
            .map { Timestamp(milliseconds: $0.milliseconds) }
        let delay = available.flatMap { available in now.map { available.milliseconds(since: $0) } }
        self.init(
            id: id, type: type, delay: delay ?? 0,
            isNew: event["operationType"]?.string == "insert")
    }
}
