import BSON
import Jobs

/// The rules of `Job+Rules` in the database's language: pipelines that change a job's document,
/// judged and stamped by the server's clock.
///
/// Fields are compared so that documents of older services, which lack some of them or write
/// without knowing ours, are judged by what they say: missing is null, null is below every string,
/// and a string below every date. Where one of the older services wrote dates as strings, nothing
/// can be said of the time, so such jobs are held for neither free nor expired until they are
/// migrated.
enum Pipelines {
    /// Starts the job by type, or takes it off the claim index if it is not to be had.
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

    /// Takes a job that cannot be had off the claim index.
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

    /// Puts a parked job back to where it was.
    static let unpark = BSONLiteral.encoded(
        [
            ["$set": ["available_at": "$parked_at", "parked_at": "$$REMOVE"]]
        ])

    /// Starts the job, whatever its place.
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

    /// Leaves a document as it is.
    static let same = BSONLiteral.encoded([["$replaceWith": "$$ROOT"]])

    /// Gives a document of an older service the fields that it lacks.
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

    /// Gives a job whose lease an older service has ended its place back, or takes it off the claim
    /// index if it is completed.
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

    /// Makes a document out of an upsert's query, unless there was one; its `_id` tells.
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

    // MARK: Where a due job goes

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

    /// The count of starts at which the token was made.
    private static let countedWithToken = BSONLiteral.encoded(
        choose(isStarting, oneMoreStart, "$lock_retries"))

    private static let leasedOrWaiting = BSONLiteral.encoded(
        choose(["$in": [.string("$\(nextField)"), ["start", "wait"]]], true, "$$REMOVE"))

    private static let notReturned = BSONLiteral.encoded(
        choose(isStarting, "$$REMOVE", "$returned"))

    /// Of a job that is due: its lease has lapsed.
    private static let lapsed = BSONLiteral.encoded(
        choose(["$gt": ["$started", .null]], true, "$$REMOVE"))

    private static let parkedAt = BSONLiteral.encoded(
        choose(
            ["$eq": [.string("$\(nextField)"), "park"]], "$available_at", "$$REMOVE"))

    // MARK: Expressions

    static let isCompleted = BSONLiteral.encoded(["$gt": ["$completed", .null]])

    /// A lease, live or lapsed, or what an older service left of one.
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

    /// Has texts where the times have to be dates. Such a lease has no end that could be waited
    /// for.
    static let isUnmigrated = BSONLiteral.encoded(
        [
            "$or": [
                ["$ne": [["$type": "$created"], "date"]],
                ["$eq": [["$type": "$locked_until"], "string"]],
            ]
        ])

    /// Has an id that is not one of a job's: it could be handed out, and never completed.
    static let isUnnamed = BSONLiteral.encoded(
        [
            "$not": ["$in": [["$type": "$_id"], ["string", "objectId"]]]
        ])

    /// Past its time, and nobody has it. That it is not completed is asked elsewhere.
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

    /// Whether the last lease is the one that the token was made for. An older service that starts
    /// a job leaves the token of the lease before, and counts.
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

    /// Whether nobody else has started the job since its token was handed out.
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
    private static let oneMoreStart = BSONLiteral.encoded([
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

    private static func orElse(_ field: BSONLiteral, _ other: BSONLiteral) -> BSONLiteral {
        ["$ifNull": [field, other]]
    }

    static func orZero(_ field: BSONLiteral) -> BSONLiteral { orElse(field, 0) }
}
