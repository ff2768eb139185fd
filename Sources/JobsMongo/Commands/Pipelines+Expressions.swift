import BSON
import Jobs

/// What the pipelines are made of: conditions, times and counts of a job's document.
extension Pipelines {
    static let isCompleted = BSONLiteral.encoded(["$gt": ["$completed", .null]])

    /// Whether the job has a lease, live or lapsed, or the remains of one from an older service.
    static let hasLease = BSONLiteral.encoded(
        [
            "$or": [["$gt": ["$started", .null]], ["$gt": ["$locked_until", .null]]]
        ])

    static let isLive = BSONLiteral.encoded(
        [
            "$or": [
                ["$gt": ["$locked_until", "$$NOW"]],
                ["$eq": [["$type": "$locked_until"], "string"]],
            ]
        ])

    /// Whether times are strings instead of dates. Such a lease has no end to wait for.
    static let isUnmigrated = BSONLiteral.encoded(
        [
            "$or": [
                ["$ne": [["$type": "$created"], "date"]],
                ["$eq": [["$type": "$locked_until"], "string"]],
            ]
        ])

    /// Whether the `_id` cannot be the id of a job, which could be handed out but never completed.
    static let isUnnamed = BSONLiteral.encoded(
        [
            "$not": ["$in": [["$type": "$_id"], ["string", "objectId"]]]
        ])

    /// Whether the job has expired and has no live lease. Other expressions check the completion.
    static let isExpired = BSONLiteral.encoded(
        [
            "$and": [
                // Every date, also one before the years that the wire can print.
                ["$gte": ["$execute_until", .value(BSONDate(milliseconds: .min))]],
                ["$lte": ["$execute_until", "$$NOW"]], ["$not": isLive],
            ]
        ])

    static func isExhausted(_ maxRetries: Int) -> BSONLiteral {
        ["$gte": [starts, .int(Int64(maxRetries))]]
    }

    /// Whether the token is that of the last lease. An older service that starts a job keeps the
    /// token of the lease before, and counts the start.
    static func isOwner(_ token: LockToken?) -> BSONLiteral {
        guard let token else { return true }
        return [
            "$and": [
                // One that was never handed out equals no string that is kept.
                ["$eq": ["$lock_token", .literal(token.description)]],
                isLastLease,
            ]
        ]
    }

    /// Whether the job has not been started again since its token was handed out.
    static let isLastLease = BSONLiteral.encoded(["$eq": ["$lock_retries", "$retries"]])

    /// At once, and in the place that the job had in the order.
    static let onceAborted = BSONLiteral.encoded(["$min": ["$$NOW", whenDue]])

    static let whenDue = BSONLiteral.encoded(orElse("$delayed_until", "$created"))

    static let noLongerDelayed = BSONLiteral.encoded(
        choose(
            ["$gt": ["$delayed_until", "$$NOW"]], "$$NOW", "$delayed_until"))

    /// How often the job was started, as ``JobDocument`` reads it: what is no number counts as 0,
    /// and what no 64 bits hold as the most that they do.
    static let starts = BSONLiteral.encoded(
        [
            "$switch": [
                "branches": [
                    [
                        "case": ["$in": [["$type": "$retries"], ["int", "long"]]],
                        "then": "$retries",
                    ],
                    [
                        // Not a number is below all of them.
                        "case": [
                            "$and": [
                                ["$eq": [["$type": "$retries"], "double"]],
                                ["$gte": ["$retries", .value(-0x1p63)]],
                            ]
                        ],
                        "then": ["$toLong": ["$min": ["$retries", .int(.max)]]],
                    ],
                ],
                "default": 0,
            ]
        ])

    /// Sums of integers that overflow would become doubles.
    static let oneMoreStart = BSONLiteral.encoded([
        "$min": [["$add": [starts, 1]], .int(.max)]
    ])

    static let oneStartLess = BSONLiteral.encoded(
        [
            "$max": [["$subtract": [starts, 1]], .int(.min)]
        ])

    /// The server's time and so many milliseconds, within what the wire can print.
    static func end(of timeout: Int64) -> BSONLiteral {
        // Clamped so that the sum stays a date: the server refuses one that overflows.
        let bounded = min(max(timeout, -Timestamp.max.milliseconds), Timestamp.max.milliseconds)
        return [
            "$max": [
                .value(Timestamp.min.bson),
                ["$min": [.value(Timestamp.max.bson), ["$add": ["$$NOW", .int(bounded)]]]],
            ]
        ]
    }

    static func choose(
        _ condition: BSONLiteral, _ then: BSONLiteral, _ otherwise: BSONLiteral
    ) -> BSONLiteral {
        ["$cond": [condition, then, otherwise]]
    }

    static func orElse(_ field: BSONLiteral, _ other: BSONLiteral) -> BSONLiteral {
        ["$ifNull": [field, other]]
    }

    static func orZero(_ field: BSONLiteral) -> BSONLiteral { orElse(field, 0) }
}
