import BSON
import Jobs

/// The rules of `Job+Rules` as update pipelines, which judge and stamp documents by the clock of
/// the server.
///
/// The comparisons also work for documents of older services, which lack some fields: a missing
/// field is null, null is less than every string, and a string is less than every date. If an older
/// service wrote dates as strings, the job counts as neither free nor expired until it is migrated.
enum Pipelines {
    /// Starts the job by type, or removes it from the claim index if it cannot be claimed.
    static func claim(_ tokens: ClaimTokens, timeout: Int64, maxRetries: Int) -> BSONLiteral {
        let end = end(of: timeout)
        return [
            ["$set": .document([.init(key: nextField, value: next(maxRetries: maxRetries))])],
            [
                "$set": [
                    "started": startedNow,
                    "locked_until": choose(isStarting, end, "$locked_until"),
                    "retries": startedOnceMore,
                    "lock_token": choose(isStarting, tokens.expression, "$lock_token"),
                    "lock_retries": countedWithToken,
                    "available_at": choose(isStarting, end, whenNotStarting),
                    "leased": leasedOrWaiting, "parked_at": parkedAt,
                    "returned": notReturned, "lapsed": lapsed,
                ]
            ],
            unsetNext,
        ]
    }

    /// Removes a job that cannot be claimed from the claim index.
    static func settle(maxRetries: Int) -> BSONLiteral {
        [
            ["$set": .document([.init(key: nextField, value: next(maxRetries: maxRetries))])],
            [
                "$set": [
                    "available_at": choose(isStarting, "$available_at", whenNotStarting),
                    "leased": choose(
                        isStarting, "$leased", choose(isWaiting, true, "$$REMOVE")),
                    "parked_at": parkedAt,
                ]
            ],
            unsetNext,
        ]
    }

    /// Returns a parked job to its former place in the claim index.
    static let unpark = BSONLiteral.encoded(
        [
            ["$set": ["available_at": "$parked_at", "parked_at": "$$REMOVE"]]
        ])

    /// Starts the job, regardless of its place in the order.
    static func start(_ token: LockToken, timeout: Int64) -> BSONLiteral {
        [
            [
                "$set": [
                    "started": "$$NOW", "locked_until": end(of: timeout),
                    "retries": oneMoreStart,
                    "lock_token": .string(token.description), "lock_retries": oneMoreStart,
                    "priority": orZero("$priority"),
                    "available_at": end(of: timeout), "leased": true, "parked_at": "$$REMOVE",
                    "returned": "$$REMOVE", "lapsed": lapsed,
                ]
            ]
        ]
    }

    /// Leaves a document unchanged.
    static let same = BSONLiteral.encoded([["$replaceWith": "$$ROOT"]])

    /// Adds the missing fields to a document of an older service.
    static let adopt = BSONLiteral.encoded(
        [
            [
                "$set": [
                    "priority": 0,
                    "available_at": choose(
                        isCompleted, "$$REMOVE", orElse("$locked_until", "$created")),
                    "leased": choose(
                        ["$and": [["$not": isCompleted], ["$gt": ["$locked_until", .null]]]],
                        true, "$$REMOVE"),
                ]
            ]
        ])

    /// Returns a job to its place after an older service has ended its lease, or removes it from
    /// the claim index if it is completed.
    static let readmit = BSONLiteral.encoded(
        [
            [
                "$set": [
                    "available_at": choose(isCompleted, "$$REMOVE", onceAborted),
                    "delayed_until": noLongerDelayed,
                    "leased": "$$REMOVE",
                    "returned": choose(isCompleted, "$$REMOVE", "$type"),
                    "unique_key": choose(isCompleted, "$$REMOVE", "$unique_key"),
                ]
            ]
        ])

    /// Replaces the document that an upsert has created with `document`. The `_id` shows whether
    /// the upsert has created it.
    static func insert(_ document: BSONDocument) -> BSONLiteral {
        [
            [
                "$replaceWith": choose(
                    ["$eq": [["$type": "$_id"], "missing"]],
                    ["$mergeObjects": [.literal(document), "$$ROOT"]], "$$ROOT")
            ]
        ]
    }

    /// The name of a field that is there only between two stages of a pipeline. What has it in a
    /// document would be overwritten, and gone afterwards.
    static func temporary(_ name: String) -> String { "__jobs_temporary_\(name)" }

    // MARK: The next state of a due job

    private static let nextField = temporary("next")

    /// `start`, or why not: completed or expired jobs are gone for good, those that have to be
    /// migrated until then; one that an older service has leased waits for the lease's end; one
    /// that was started too often for this claim is parked, where claims with a higher limit find
    /// it.
    private static func next(maxRetries: Int) -> BSONLiteral {
        [
            "$switch": [
                "branches": [
                    isGone, isLeasedElsewhere,
                    ["case": isExhausted(maxRetries), "then": "park"],
                ],
                "default": "start",
            ]
        ]
    }

    private static let isGone = BSONLiteral.encoded([
        "case": ["$or": [isCompleted, isExpired, isUnmigrated, isUnnamed]], "then": "gone",
    ])

    private static let isLeasedElsewhere = BSONLiteral.encoded(["case": isLive, "then": "wait"])

    private static let unsetNext = BSONLiteral.encoded(["$unset": [.string(nextField)]])

    private static let isStarting = BSONLiteral.encoded([
        "$eq": [.string("$\(nextField)"), "start"]
    ])

    private static let isWaiting = BSONLiteral.encoded(["$eq": [.string("$\(nextField)"), "wait"]])

    private static let whenNotStarting = BSONLiteral.encoded(
        choose(isWaiting, "$locked_until", "$$REMOVE"))

    private static let startedNow = BSONLiteral.encoded(choose(isStarting, "$$NOW", "$started"))

    private static let startedOnceMore = BSONLiteral.encoded(
        choose(isStarting, oneMoreStart, "$retries"))

    /// The number of attempts at which the token was made.
    private static let countedWithToken = BSONLiteral.encoded(
        choose(isStarting, oneMoreStart, "$lock_retries"))

    private static let leasedOrWaiting = BSONLiteral.encoded(
        choose(["$in": [.string("$\(nextField)"), ["start", "wait"]]], true, "$$REMOVE"))

    private static let notReturned = BSONLiteral.encoded(
        choose(isStarting, "$$REMOVE", "$returned"))

    /// Whether the lease of a due job has lapsed.
    private static let lapsed = BSONLiteral.encoded(
        choose(["$gt": ["$started", .null]], true, "$$REMOVE"))

    private static let parkedAt = BSONLiteral.encoded(
        choose(
            ["$eq": [.string("$\(nextField)"), "park"]], "$available_at", "$$REMOVE"))

    // MARK: Expressions

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

    /// Whether the `_id` cannot be the id of a job. Such a job could be handed out but never
    /// completed.
    static let isUnnamed = BSONLiteral.encoded(
        [
            "$not": ["$in": [["$type": "$_id"], ["string", "objectId"]]]
        ])

    /// Whether the job has expired and has no live lease. Other expressions check the completion.
    static let isExpired = BSONLiteral.encoded(
        [
            "$and": [
                // Every date, including those before the range of the wire format.
                ["$gte": ["$execute_until", .value(BSONDate(milliseconds: .min))]],
                ["$lte": ["$execute_until", "$$NOW"]], ["$not": isLive],
            ]
        ])

    static func isExhausted(_ maxRetries: Int) -> BSONLiteral {
        ["$gte": [starts, .int(Int64(maxRetries))]]
    }

    /// Whether the token belongs to the last lease. When an older service starts a job, it keeps
    /// the token of the previous lease but increments the attempts.
    static func isOwner(_ token: LockToken?) -> BSONLiteral {
        guard let token else { return true }
        return [
            "$and": [
                // A token that was never handed out does not equal any stored one.
                ["$eq": ["$lock_token", .literal(token.description)]],
                isLastLease,
            ]
        ]
    }

    /// Whether the job was not started again since its token was made.
    static let isLastLease = BSONLiteral.encoded(["$eq": ["$lock_retries", "$retries"]])

    /// The availability after an abort without a delay: at once, with the job's former place in the
    /// order.
    static let onceAborted = BSONLiteral.encoded(["$min": ["$$NOW", whenDue]])

    static let whenDue = BSONLiteral.encoded(orElse("$delayed_until", "$created"))

    static let noLongerDelayed = BSONLiteral.encoded(
        choose(
            ["$gt": ["$delayed_until", "$$NOW"]], "$$NOW", "$delayed_until"))

    /// The number of attempts, as ``JobDocument`` reads it: a value that is not a number counts as
    /// 0, and a number beyond 64 bits is clamped.
    static let starts = BSONLiteral.encoded(
        [
            "$switch": [
                "branches": [
                    [
                        "case": ["$in": [["$type": "$retries"], ["int", "long"]]],
                        "then": "$retries",
                    ],
                    [
                        // NaN is less than all numbers.
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

    /// The number of attempts plus one. It is clamped, since an integer overflow would yield a
    /// double.
    private static let oneMoreStart = BSONLiteral.encoded([
        "$min": [["$add": [starts, 1]], .int(.max)]
    ])

    static let oneStartLess = BSONLiteral.encoded(
        [
            "$max": [["$subtract": [starts, 1]], .int(.min)]
        ])

    /// The time of the server plus `timeout` milliseconds, clamped to the range of the wire format.
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

    private static func orElse(_ field: BSONLiteral, _ other: BSONLiteral) -> BSONLiteral {
        ["$ifNull": [field, other]]
    }

    static func orZero(_ field: BSONLiteral) -> BSONLiteral { orElse(field, 0) }
}
