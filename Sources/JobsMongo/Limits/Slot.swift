import BSON
import Jobs

/// A place that a lease on a job of a limited type takes: one of its type, and one of its group.
///
/// The start writes both as an array into the field `slot`, and nothing removes it: a lease is live
/// as long as `locked_until` says so. So only the starts of limited types pay for limits.
enum Slot {
    static func of(type: String) -> BSONLiteral { ["type": .string(type)] }

    static func of(type: String, group: String) -> BSONLiteral {
        ["type": .string(type), "group": .string(group)]
    }

    /// The places of the document of a pipeline.
    static let ofJob: BSONLiteral = {
        let hasGroup: BSONLiteral = [
            "$and": [["$eq": [["$type": "$group"], "string"]], ["$ne": ["$group", ""]]]
        ]
        return .encoded(
            Pipelines.choose(
                hasGroup, [["type": "$type"], ["type": "$type", "group": "$group"]],
                [["type": "$type"]]))
    }()

    /// The query for the live leases that take one of some places.
    static func live(_ slots: [BSONLiteral], at now: Timestamp) -> BSONLiteral {
        ["slot": ["$in": .array(slots)], "locked_until": ["$gt": .value(now.bson)]]
    }

    /// The query for the live leases of a type that were begun without places, because the instance
    /// did not know the limits.
    static func missing(_ type: String, at now: Timestamp) -> BSONLiteral {
        [
            "type": .string(type), "available_at": ["$gt": .value(now.bson)], "leased": true,
            "locked_until": ["$gt": .value(now.bson)], "slot": ["$exists": false],
        ]
    }
}
