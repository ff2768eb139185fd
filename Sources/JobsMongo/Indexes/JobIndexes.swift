import BSON
import Jobs

/// The indexes for the queries of the service and for the usual filters.
///
/// A job is in a partial index only while the index applies to it. The other indexes are updated by
/// inserts only, since their fields never change; most grow at one end. The indexes are created by
/// name at every start. This has no effect if they exist, and is safe if several instances start at
/// once.
///
/// A list by a field that every start changes (`started`, `locked_until`, `retries`) reads all
/// jobs: an index on such a field would have to be updated by every claim.
enum JobIndexes {
    /// The index of ids, which every collection has.
    static let id = Index("_id_", ["_id": 1])
    /// The claim index, in the order in which jobs of a type are claimed. A job that no claim can
    /// get, now or later, has no `available_at` and is not in it.
    static let claim = Index(
        "claim", ["type": 1, "priority": -1, "available_at": 1, "_id": 1],
        only: [
            "available_at": ["$exists": true]
        ])
    /// The jobs whose attempts have reached the limit of a claim, for claims with a higher limit.
    static let parked = Index(
        "parked", ["type": 1, "retries": 1],
        only: [
            "parked_at": ["$exists": true]
        ])
    /// The jobs that an older service wrote, which have no priority.
    static let unadopted = Index(
        "unadopted", ["priority": 1, "type": 1, "created": 1], only: ["priority": .null])
    /// The jobs that wait for the end of a lease that an older service has already ended, since an
    /// older service does not update `available_at`.
    static let endedElsewhere = Index(
        "ended_elsewhere", ["leased": 1], only: ["leased": true, "locked_until": .null])
    /// The unfinished jobs that were added as unique.
    static let unique = Index(
        "unique", ["unique_key": 1], isUnique: true,
        only: [
            "unique_key": ["$exists": true]
        ])
    /// The jobs that were added with a request id, which adds one job of each type.
    static let request = Index(
        "request", ["type": 1, "request": 1], isUnique: true,
        only: ["request": ["$exists": true]])
    /// The jobs whose last start was that of a claim with a request id, which starts each of its
    /// jobs once.
    static let claimRequest = Index(
        "claim_request", ["type": 1, "claim_request.id": 1, "claim_request.slot": 1],
        isUnique: true, only: ["claim_request.id": ["$exists": true]])
    static let completed = Index("completed", ["completed": 1], only: ["completed": isDate])
    static let deadline = Index(
        "execute_until", ["execute_until": 1],
        only: [
            "execute_until": isDate
        ])
    /// The index for lists by reference, and for `add_uniq_job`.
    static let reference = Index("reference", ["ref_id": 1, "type": 1])
    /// The index for lists by type, in the order of lists.
    static let type = Index("type", ["type": 1, "_id": 1])
    /// The index for lists by the time of creation. New ids have the same order, but not the ids of
    /// older services.
    static let created = Index("created", ["created": 1])

    /// The failed and cancelled jobs and the like, for lists by state and for cleaning, see
    /// ``OutcomeKey``; and the jobs that an older service has started, which does not update
    /// `available_at`. It is the only one that writes `timeout`.
    static let outcome = Index(
        "outcome", ["outcome": 1, "_id": 1],
        only: ["$or": [["outcome": ["$exists": true]], ["timeout": ["$exists": true]]]])

    /// The live leases of types with limits, by the places that they take, see ``Slot``; and some
    /// that have lapsed. Jobs of other types are not in it.
    static let slot = Index(
        "slot", ["slot": 1, "locked_until": 1],
        only: ["slot": ["$exists": true], "locked_until": isDate])
    /// The jobs whose last attempts failed, by the groups of their errors.
    static let errorGroups = Index(
        "error_groups", ["type": 1, "error_group.key": 1, "error_group.at": 1, "_id": 1],
        only: ["error_group.key": ["$exists": true]])
    /// The same jobs for lists by the key of the error, in the order of lists.
    static let errorKey = Index(
        "error_key", ["error_group.key": 1, "_id": 1],
        only: ["error_group.key": ["$exists": true]])

    static let all = [
        claim, parked, unadopted, endedElsewhere, unique, request, claimRequest, completed,
        deadline, reference, type, created, outcome, slot, errorGroups, errorKey,
    ]

    /// Returns the index of jobs that were started more often than a limit of cleaning allows. The
    /// limit is configurable, so the index is created at the first cleaning with this limit.
    static func exhausted(_ maxRetries: Int) -> Index {
        Index(
            "exhausted_\(maxRetries)", ["retries": 1],
            only: ["retries": ["$gt": .int(Int64(maxRetries))]])
    }

    /// A condition that every date meets, in a form with which the server can use a partial index.
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
