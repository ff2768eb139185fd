import BSON
import Jobs

/// The migration of one document of the older service in Dart: it converts strings to dates and
/// adds the fields that claims use.
///
/// That service writes ISO 8601 strings, sometimes in local time without an offset, which are read
/// as UTC. Because of a bug, its extensions, aborts and completions write the field `locked_util`
/// instead of `locked_until`. So the later of the two fields is the end of the lease of a running
/// job, and a job without a lease is not locked. `timeout` is the duration of the last lease and is
/// not used.
struct DocumentMigration {
    /// The error of a document that cannot be migrated.
    struct Odd: Error, Equatable {
        let reason: String
    }

    let id: BSONValue
    /// The fields that the migration depends on, as read. The update applies only if they are
    /// unchanged.
    private let read: [BSONLiteral.Member]
    private let fields: [BSONLiteral.Member]
    private let removed: [BSONLiteral.Member]

    private static let dates = [
        "created", "started", "locked_until", "execute_until", "completed",
    ]
    private static let slip = "locked_util"
    /// The dates of this service, which may have ended or delayed the job before its migration.
    private static let ownDates = ["failed", "cancelled", "delayed_until"]

    /// The query for documents that need a migration.
    static let needed: BSONLiteral = [
        "$or": .array(
            dates.map { name in .document([.init(key: name, value: ["$type": "string"])]) }
                + [["locked_util": ["$exists": true]]])
    ]

    /// The fields that the migration reads.
    static let projection: BSONLiteral = .document(
        (["type", "retries", "priority", slip] + dates + ownDates).map { .init(key: $0, value: 1) })

    /// - Throws: ``Odd``
    init(_ document: BSONDocument) throws(Odd) {
        guard let id = document["_id"] else { throw Odd(reason: "it has no _id") }
        guard document["type"]?.type == .string else { throw Odd(reason: "type is not a text") }
        if let retries = document["retries"], !retries.isNull, retries.integer == nil {
            throw Odd(reason: "retries is not a whole number")
        }
        var moments: [String: Timestamp] = [:]
        for name in Self.dates + [Self.slip] {
            moments[name] = try document[name]?.moment(of: name)
        }
        guard let created = moments["created"] else { throw Odd(reason: "created is missing") }

        let isEnded =
            moments["completed"] != nil || document["failed"]?.date != nil
            || document["cancelled"]?.date != nil
        let isLeased = moments["started"] != nil && !isEnded
        let ends = [moments["locked_until"], moments[Self.slip]].compactMap(\.self)
        moments["locked_until"] = isLeased ? ends.max() : nil

        self.id = id
        read = (Self.dates + [Self.slip] + Self.ownDates).map { name in
            .init(key: name, value: document[name].map { .value($0) } ?? .null)
        }
        var fields = Self.dates.map { name in
            BSONLiteral.Member(key: name, value: moments[name].map { .value($0.bson) } ?? .null)
        }
        var removed = [Self.slip, "timeout", "parked_at"]
        fields.append(.init(key: "priority", value: document["priority"].map { .value($0) } ?? 0))
        if isEnded {
            removed.append("available_at")
        } else {
            let delayedUntil = document["delayed_until"]?.moment
            let available = moments["locked_until"] ?? delayedUntil ?? created
            fields.append(.init(key: "available_at", value: .value(available.bson)))
        }
        if moments["locked_until"] != nil {
            fields.append(.init(key: "leased", value: true))
        } else {
            removed.append("leased")
        }
        self.fields = fields
        self.removed = removed.map { .init(key: $0, value: "") }
    }

    /// The statement of an `update` command that migrates the document.
    var statement: BSONLiteral {
        [
            "q": .document([.init(key: "_id", value: .value(id))] + read),
            "u": ["$set": .document(fields), "$unset": .document(removed)],
            "hint": .string(JobIndexes.id.name),
        ]
    }
}

extension BSONValue {
    fileprivate func moment(of name: String) throws(DocumentMigration.Odd) -> Timestamp? {
        switch type {
        case .null: return nil
        case .date: return date.map { Timestamp(milliseconds: $0.milliseconds) }
        case .string:
            guard let moment = string.flatMap({ Timestamp(iso8601: $0) }) else { break }
            return moment
        default: break
        }
        throw DocumentMigration.Odd(reason: "\(name) is not a date")
    }
}
