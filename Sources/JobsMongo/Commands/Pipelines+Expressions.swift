import BSON
import Jobs

/// The expressions of the pipelines: conditions, times and counts of a job's document.
extension Pipelines {
    static let isCompleted = BSONLiteral.encoded(["$gt": ["$completed", .null]])

    /// Whether the job has a lease, live or lapsed, or the remains of one from an older service.
    static let hasLease = BSONLiteral.encoded(
        [
            "$or": [hasStarted, ["$gt": ["$locked_until", .null]]]
        ])

    static let hasStarted = BSONLiteral.encoded(["$gt": ["$started", .null]])

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

    /// Whether the job has expired and has no live lease. Other expressions check whether it has
    /// ended.
    static let isExpired = BSONLiteral.encoded(
        [
            "$and": [
                // Matches every date, also one before the years that the HTTP API can represent.
                ["$gte": ["$execute_until", .value(BSONDate(milliseconds: .min))]],
                ["$lte": ["$execute_until", "$$NOW"]], ["$not": isLive],
            ]
        ])

    /// Whether the token is that of the last lease. An older service that starts a job keeps the
    /// token of the lease before, and counts the start.
    static func isOwner(_ token: LockToken?) -> BSONLiteral {
        guard let token else { return true }
        return [
            "$and": [
                // A token that was never handed out does not equal any stored string.
                ["$eq": ["$lock_token", .literal(token.description)]],
                isLastLease,
            ]
        ]
    }

    /// Whether the job has not been started again since its token was handed out.
    static let isLastLease = BSONLiteral.encoded(["$eq": ["$lock_retries", "$retries"]])

    /// The availability after an abort: at once, in the former place of the job in the order.
    static let onceAborted = BSONLiteral.encoded(["$min": ["$$NOW", whenDue]])

    static let whenDue = BSONLiteral.encoded(orElse("$delayed_until", "$created"))

    static let noLongerDelayed = BSONLiteral.encoded(
        choose(
            ["$gt": ["$delayed_until", "$$NOW"]], "$$NOW", "$delayed_until"))

    /// The number of starts, with the same conversion as in ``JobDocument``: values that are not
    /// numbers count as 0, and values above 64 bits as the maximum of 64 bits.
    static let starts = BSONLiteral.encoded(
        [
            "$switch": [
                "branches": [
                    [
                        "case": ["$in": [["$type": "$retries"], ["int", "long"]]],
                        "then": "$retries",
                    ],
                    [
                        // NaN is less than all numbers, so it does not match.
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

    /// The sum is clamped, since an overflow would turn it into a double.
    static let oneMoreStart = BSONLiteral.encoded(oneMore(starts))

    static func oneMore(_ starts: BSONLiteral) -> BSONLiteral {
        ["$min": [["$add": [starts, 1]], .int(.max)]]
    }

    static let oneStartLess = BSONLiteral.encoded(
        [
            "$max": [["$subtract": [starts, 1]], .int(.min)]
        ])

    /// The time of the server plus the timeout, within the range that the HTTP API can represent.
    static func end(of timeout: Int64) -> BSONLiteral {
        guard timeout.magnitude > longestUnclamped else {
            return ["$add": ["$$NOW", .int(timeout)]]
        }
        // Clamped so that the sum stays a date: the server refuses one that overflows.
        let bounded = min(max(timeout, -Timestamp.max.milliseconds), Timestamp.max.milliseconds)
        return [
            "$max": [
                .value(Timestamp.min.bson),
                ["$min": [.value(Timestamp.max.bson), ["$add": ["$$NOW", .int(bounded)]]]],
            ]
        ]
    }

    /// In milliseconds, about 31 years. The sum of such a timeout and the time of a server is a
    /// date that the HTTP API can represent, unless the clock of the server is wrong by thousands
    /// of years.
    private static let longestUnclamped: UInt64 = 1_000_000_000_000

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
