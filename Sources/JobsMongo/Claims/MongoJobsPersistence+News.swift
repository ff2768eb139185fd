import BSON
public import Jobs
import Mongo
import Synchronization

/// The news of a change stream on the collection: added jobs, by this service or an older one, and
/// jobs that were given back. The update of the latter also writes the type, since the event of an
/// update contains only the changed fields.
///
/// The end of a lease or a delay is not a change. The engine asks for the next availability
/// instead.
extension MongoJobsPersistence: JobsNews {
    public func follow(
        _ types: [String], onFollowing: @escaping @Sendable () -> Void,
        onNews: @escaping @Sendable ([JobNews]) -> Void
    ) async throws {
        let isFirst = Mutex(true)
        // Events contain the time at which a job can be claimed, which is compared with the
        // server's.
        _ = try await collection.now()
        // A stream ends by itself if the collection was dropped or renamed.
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
        } catch let error as MongoError where error.isLackOfChangeStreams {
            throw JobsNewsError.unsupported(reason: error.message)
        } catch let error as MongoError {
            throw error.asJobsError
        }
    }

    private func stream(of types: [String]) -> BSONDocument {
        // With many types, a filter would be longer than the events that it keeps out.
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
}

extension JobNews {
    /// - Parameter now: The time of the server; `nil` if it is not known, after a failover.
    fileprivate init?(_ event: BSONDocument, now: Timestamp?) {
        guard let id = event["documentKey"]?.document?["_id"]?.jobID else { return nil }
        let inserted = event["fullDocument"]?.document
        let updated = event["updateDescription"]?.document?["updatedFields"]?.document
        // See `Pipelines.givenBack`.
        let returned = updated?["returned"].map { $0.array?.first ?? $0 }
        guard let type = (inserted?["type"] ?? returned)?.string else { return nil }
        let available = (inserted ?? updated)?["available_at"]?.date
            .map { Timestamp(milliseconds: $0.milliseconds) }
        let delay = available.flatMap { available in now.map { available.milliseconds(since: $0) } }
        self.init(
            id: id, type: type, delay: delay ?? 0,
            isNew: event["operationType"]?.string == "insert")
    }
}

extension MongoError {
    /// Whether the server has no change streams: a standalone server, or a very old one.
    var isLackOfChangeStreams: Bool { [40573, 40324].contains(code) }
}
