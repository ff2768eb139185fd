import BSON
import Jobs
import Mongo
import Synchronization

/// The changes of records, from a change stream on their collection.
extension MongoRecords {
    func follow(
        onFollowing: @escaping @Sendable () -> Void,
        onChange: @escaping @Sendable (Set<RecordKind>) -> Void
    ) async throws {
        let isFirst = Mutex(true)
        do {
            try await collection.client.follow(stream, on: collection.database) { reply in
                let isOpening = isFirst.withLock { isFirst in
                    defer { isFirst = false }
                    return isFirst
                }
                if isOpening { onFollowing() }
                let kinds = Set(
                    reply.batch.compactMap { event in
                        event["documentKey"]?.document?["_id"]?.string.flatMap(RecordKind.init(of:))
                    })
                if !kinds.isEmpty { onChange(kinds) }
                return true
            }
        } catch let error as MongoError where error.isLackOfChangeStreams {
            throw JobsNewsError.unsupported(reason: error.message)
        } catch let error as MongoError where error.isLackOfRights {
            throw JobsNewsError.unsupported(reason: error.message)
        } catch let error as MongoError {
            throw error.asJobsError
        }
    }

    /// Only an update of the version is a change of the record: other fields of the document serve
    /// claims.
    private var stream: BSONDocument {
        let filter: BSONLiteral = [
            "$or": [
                ["operationType": ["$in": ["insert", "replace", "delete"]]],
                ["updateDescription.updatedFields.version": ["$exists": true]],
            ]
        ]
        return BSONDocument([
            "aggregate": .string(collection.name), "cursor": [:],
            "pipeline": [
                ["$changeStream": [:]], ["$match": filter], ["$project": ["documentKey._id": 1]],
            ],
        ])
    }
}

extension RecordKind {
    /// The kind of the record with an `_id`; `nil` for other documents.
    fileprivate init?(of id: String) {
        guard let slash = id.firstIndex(of: "/") else { return nil }
        self.init(rawValue: String(id[..<slash]))
    }
}
