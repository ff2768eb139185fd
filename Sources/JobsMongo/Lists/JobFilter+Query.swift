import BSON
import Jobs

extension JobFilter {
    /// The query for the jobs that match the filter.
    ///
    /// - Parameter states: The conditions on the state.
    func query(_ states: StateQuery?) -> BSONDocument {
        BSONDocument { query in
            if let wantedIDs { query.append("_id", wantedIDs) }
            if let type {
                query.append("type", type)
            } else if let types {
                query.document("type") { condition in
                    condition.array("$in") { array in
                        for type in types { array.append(type) }
                    }
                }
            }
            if let refID { query.append("ref_id", refID) }
            if let worker { query.append("worker", worker) }
            if let group { query.append("group", group) }
            if let errorType { query.append("error.type", errorType) }
            if let errorKey { query.append("error_group.key", errorKey) }
            let dates: [(BSONKey, DateCondition)] = [
                ("created", created), ("started", started), ("locked_until", lockedUntil),
                ("execute_until", executeUntil), ("completed", completed),
            ]
            for (key, condition) in dates where !condition.isEmpty {
                query.document(key) { $0.append(condition) }
            }
            if retries != nil || minRetries != nil {
                query.document("retries") { condition in
                    if let retries { condition.append("$eq", Int64(retries)) }
                    if let minRetries { condition.append("$gt", Int64(minRetries)) }
                }
            }
            if let states { query.append("$and", BSONLiteral.array(states.conditions)) }
            if let untouchedSince {
                query.append(
                    "$nor",
                    BSONLiteral.array(Self.dates.map { [$0: ["$gt": .value(untouchedSince.bson)]] })
                )
            }
        }
    }

    /// The dates at which a job was started, or a job or an attempt has ended.
    private static let dates = [
        "started", "locked_until", "failed", "cancelled", "completed", "attempts.ended",
    ]

    private var wantedIDs: BSONLiteral? {
        guard let ids else { return id?.bson }
        let wanted = id.map { ids.contains($0) ? [$0] : [] } ?? Array(ids)
        return ["$in": .array(wanted.flatMap(\.bsons))]
    }
}

extension BSONBuilder {
    /// The bounds, and a condition that every date meets, so that partial indexes of dates can be
    /// used.
    fileprivate mutating func append(_ condition: DateCondition) {
        if let equal = condition.equal { append("$eq", equal.bson) }
        if let from = condition.from { append("$gte", from.bson) }
        if let to = condition.to { append("$lte", to.bson) }
        append("$gt", Timestamp.min.bson)
    }
}
