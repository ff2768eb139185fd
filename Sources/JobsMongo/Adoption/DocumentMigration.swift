import BSON
import Jobs

/// What is to be done to one document of the older service in Dart, so that its dates are dates and
/// it has the fields that claims go by.
///
/// That service writes ISO texts, sometimes in local time without saying so, which is taken for UTC.
/// By a slip it extends, aborts and completes under the name `locked_util`, so that `locked_until`
/// stays as it was: of a running job's two ends the later one counts, and a job that nobody has is
/// not locked. `timeout` is what the last start asked for and of no further use.
struct DocumentMigration {
    /// Why a document cannot be understood.
    struct Odd: Error, Equatable {
        let reason: String
    }

    let id: BSONValue
    /// The fields that decide, as they were read: the document is changed only while they are so.
    private let read: [BSONLiteral.Member]
    private let fields: [BSONLiteral.Member]
    private let removed: [BSONLiteral.Member]

    private static let dates = [
        "created", "started", "locked_until", "execute_until", "completed",
    ]
    private static let slip = "locked_util"

    /// Finds the documents that have something to be migrated.
    static let needed: BSONLiteral = [
        "$or": .array(
            dates.map { name in .document([.init(key: name, value: ["$type": "string"])]) }
                + [["locked_util": ["$exists": true]]])
    ]

    /// The fields that are looked at.
    static let projection: BSONLiteral = .document(
        (["type", "retries", "priority", slip] + dates).map { .init(key: $0, value: 1) })

    /// - Throws: ``Odd``
    init(_ document: BSONDocument) throws(Odd) {
        guard let id = document["_id"] else { throw Odd(reason: "it has no _id") }
        guard document["type"]?.type == .string else { throw Odd(reason: "type is no text") }
        if let retries = document["retries"], !retries.isNull, retries.integer == nil {
            throw Odd(reason: "retries is no whole number")
        }
        var moments: [String: Timestamp] = [:]
        for name in Self.dates + [Self.slip] {
            moments[name] = try document[name]?.moment(of: name)
        }
        guard let created = moments["created"] else { throw Odd(reason: "created is missing") }

        let isCompleted = moments["completed"] != nil
        let isLeased = moments["started"] != nil && !isCompleted
        let ends = [moments["locked_until"], moments[Self.slip]].compactMap(\.self)
        moments["locked_until"] = isLeased ? ends.max() : nil

        self.id = id
        read = (Self.dates + [Self.slip]).map { name in
            .init(key: name, value: document[name].map { .value($0) } ?? .null)
        }
        var fields = Self.dates.map { name in
            BSONLiteral.Member(key: name, value: moments[name].map { .value($0.bson) } ?? .null)
        }
        var removed = [Self.slip, "timeout", "parked_at"]
        fields.append(.init(key: "priority", value: document["priority"].map { .value($0) } ?? 0))
        if isCompleted {
            removed.append("available_at")
        } else {
            let available = moments["locked_until"] ?? created
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

    /// The statement of an `update` command that does it.
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
        throw DocumentMigration.Odd(reason: "\(name) is no date")
    }
}
