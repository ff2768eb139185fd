import BSON
import Jobs

/// The indexes that the service's own queries and the usual filters live on.
///
/// A job is in the partial ones only while they concern it. The others are paid for by every
/// insert, and by no other operation, since what they hold never changes; most grow at one end.
/// They are created by name at every start, which does nothing where they are there already and is
/// safe when several instances start at once.
///
/// Lists by what every start changes (`started`, `locked_until`, `retries`) read all jobs: an index
/// on that would have to be written to by every claim.
enum JobIndexes {
    /// Every collection has this one.
    static let id = Index("_id_", ["_id": 1])
    /// In the order in which jobs of a type are claimed. A job that cannot be claimed by anybody,
    /// now or later, has no `available_at` and is not in it.
    static let claim = Index(
        "claim", ["type": 1, "priority": -1, "available_at": 1, "_id": 1],
        only: [
            "available_at": ["$exists": true]
        ])
    /// Jobs that were started as often as some claim allowed, for claims that allow more.
    static let parked = Index(
        "parked", ["type": 1, "retries": 1],
        only: [
            "parked_at": ["$exists": true]
        ])
    /// Jobs that an older service wrote: what is ours is never without a priority.
    static let unadopted = Index(
        "unadopted", ["priority": 1, "type": 1, "created": 1], only: ["priority": .null])
    /// Jobs that wait for the end of a lease which an older service has ended before: it does not
    /// know what they wait for.
    static let endedElsewhere = Index(
        "ended_elsewhere", ["leased": 1], only: ["leased": true, "locked_until": .null])
    /// The jobs that no other may be added beside.
    static let unique = Index(
        "unique", ["unique_key": 1], isUnique: true,
        only: [
            "unique_key": ["$exists": true]
        ])
    static let completed = Index("completed", ["completed": 1], only: ["completed": isDate])
    static let deadline = Index(
        "execute_until", ["execute_until": 1],
        only: [
            "execute_until": isDate
        ])
    /// For lists of what is known about a reference; and for add_uniq_job.
    static let reference = Index("reference", ["ref_id": 1, "type": 1])
    /// For lists of a type, which come out of it in their order.
    static let type = Index("type", ["type": 1, "_id": 1])
    /// For lists of what was added in some time. Our ids have that order too, but not the ids of
    /// the older services.
    static let created = Index("created", ["created": 1])

    static let all = [
        claim, parked, unadopted, endedElsewhere, unique, completed, deadline, reference, type,
        created,
    ]

    /// Jobs that were started more often than cleaning with this limit allows. It depends on the
    /// configuration, so it is created when it is first cleaned by.
    static func exhausted(_ maxRetries: Int) -> Index {
        Index(
            "exhausted_\(maxRetries)", ["retries": 1],
            only: ["retries": ["$gt": .int(Int64(maxRetries))]])
    }

    /// Any date; in this form a query can show that it stays inside a partial index.
    static let isDate: BSONLiteral = ["$gt": .value(Timestamp.min.bson)]

    struct Index: Sendable {
        let name: String
        let isUnique: Bool
        let specification: BSONDocument

        init(
            _ name: String, _ keys: BSONLiteral, isUnique: Bool = false,
            only filter: BSONLiteral? = nil
        ) {
            self.name = name
            self.isUnique = isUnique
            specification = BSONDocument { index in
                index.append("key", keys)
                index.append("name", name)
                if isUnique { index.append("unique", true) }
                if let filter { index.append("partialFilterExpression", filter) }
            }
        }

        var keys: [Key] { JobIndexes.keys(of: specification) }
    }

    /// A field of an index and its direction.
    struct Key: Equatable {
        let field: String
        let direction: Int64?
    }

    static func keys(of specification: BSONDocument) -> [Key] {
        specification["key"]?.document?.map { Key(field: $0.key, direction: $0.value.integer) }
            ?? []
    }
}
