import BSON
import Jobs

extension JobFilter {
    /// The query for the jobs that match the filter.
    var query: BSONDocument {
        BSONDocument { query in
            if let id { query.append("_id", id.bson) }
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
        }
    }
}

extension BSONBuilder {
    /// The bounds, and a condition that every date meets, so that partial indexes of dates can be used.
    fileprivate mutating func append(_ condition: DateCondition) {
        if let equal = condition.equal { append("$eq", equal.bson) }
        if let from = condition.from { append("$gte", from.bson) }
        if let to = condition.to { append("$lte", to.bson) }
        append("$gt", Timestamp.min.bson)
    }
}
