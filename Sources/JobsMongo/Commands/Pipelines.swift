import BSON
import Jobs

/// The rules of `Job+Acts` as update pipelines, which judge and stamp documents by the clock of
/// the server.
///
/// The comparisons also work for documents of older services, which lack some fields: a missing
/// field is null, null is less than every string, and a string is less than every date. If an older
/// service wrote dates as strings, the job counts as neither free nor expired until it is migrated.
enum Pipelines {
    /// Starts the job by type, or removes it from the claim index if it cannot be claimed.
    ///
    /// - Parameter ids: The ids of the jobs, each for the caller of the claim at its place; empty
    ///   for one job, for the first caller.
    static func claim(_ tokens: ClaimTokens, _ claim: Claim, _ ids: [BSONLiteral] = [])
        -> BSONLiteral
    {
        let end = end(of: claim.timeout)
        var fields: FieldValues = [
            "started": startedNow,
            "locked_until": choose(isStarting, end, "$locked_until"),
            "retries": startedOnceMore,
            "lock_token": choose(isStarting, tokens.expression, "$lock_token"),
            "lock_retries": countedWithToken,
            "available_at": choose(isStarting, end, whenNotStarting),
            "leased": leasedOrWaiting, "parked_at": parkedAt,
            "lapsed": lapsed,
            "worker": worker(claim, ids).map { choose(isStarting, $0, "$worker") } ?? noWorker,
            "claim_request": request(claim, ids).map { choose(isStarting, $0, "$claim_request") }
                ?? noRequest,
            "attempts": attemptsWhenStarting,
        ]
        if let limits = claim.limits {
            fields["slot"] = choose(isStarting, Slot.ofJob, "$slot")
            if limits.maxStarts != nil {
                fields["counted_at"] = choose(isStarting, "$$NOW", "$counted_at")
            }
        }
        return [
            ["$set": .document([.init(key: nextField, value: next(maxRetries: claim.startLimit))])],
            fields.stage,
            unsetNextAndReturned,
        ]
    }

    /// The name of the worker that a job is started for; `nil` if no caller has one.
    static func worker(_ claim: Claim, _ ids: [BSONLiteral] = []) -> BSONLiteral? {
        guard claim.callers.isEmpty || ids.isEmpty else {
            let names = ids.indices.map { index -> BSONLiteral in
                claim.caller(at: index).worker.map { .string($0) } ?? .null
            }
            return ofItsCaller(names, ids)
        }
        return claim.worker.map { .literal($0) }
    }

    /// The request that a job is started for; `nil` if no caller has one.
    static func request(_ claim: Claim, _ ids: [BSONLiteral] = []) -> BSONLiteral? {
        guard claim.hasRequests else { return nil }
        let value = { (index: Int) -> BSONLiteral? in
            claim.caller(at: index).request.map { request in
                ["id": .string(request.id.text), "slot": .int(Int64(request.slot))]
            }
        }
        guard ids.isEmpty else { return ofItsCaller(ids.indices.map { value($0) ?? .null }, ids) }
        return value(0).map { ["$literal": $0] }
    }

    /// The value of the caller that a job is for; a value that is null removes the field.
    private static func ofItsCaller(_ values: [BSONLiteral], _ ids: [BSONLiteral]) -> BSONLiteral {
        let place: BSONLiteral = ["$indexOfArray": [["$literal": .array(ids)], "$_id"]]
        return orElse(["$arrayElemAt": [["$literal": .array(values)], place]], "$$REMOVE")
    }

    /// Removes a job that cannot be claimed from the claim index.
    static func setAside(maxRetries: Int) -> BSONLiteral {
        [
            ["$set": .document([.init(key: nextField, value: next(maxRetries: maxRetries))])],
            [
                "$set": [
                    "available_at": choose(isStarting, "$available_at", whenNotStarting),
                    "leased": choose(
                        isStarting, "$leased", choose(isWaiting, true, "$$REMOVE")),
                    "parked_at": parkedAt,
                    "returned": choose(isStarting, "$returned", "$$REMOVE"),
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
    ///
    /// - Parameter isCounted: Whether the start counts for a maximum number of starts.
    static func start(_ token: LockToken, _ start: Start, isCounted: Bool = false) -> BSONLiteral {
        var fields: FieldValues = [
            "started": "$$NOW", "locked_until": end(of: start.timeout),
            "retries": oneMoreStart,
            "lock_token": .string(token.description), "lock_retries": oneMoreStart,
            "priority": orZero("$priority"),
            "available_at": end(of: start.timeout), "leased": true,
            "parked_at": "$$REMOVE", "returned": "$$REMOVE", "lapsed": lapsed,
            "worker": start.worker.map { .literal($0) } ?? "$$REMOVE",
            "claim_request": "$$REMOVE",
            "attempts": recordingLapse,
        ]
        if !start.limits.isEmpty {
            let types = start.limits.keys.map { BSONLiteral.string($0.text) }
            fields["slot"] = choose(
                ["$in": ["$type", ["$literal": .array(types)]]], Slot.ofJob, "$slot")
        }
        if isCounted { fields["counted_at"] = "$$NOW" }
        return [fields.stage]
    }

    /// Notes that the claim that a job was started for was repeated.
    static let noteRepeated = BSONLiteral.encoded([["$set": ["claim_request.repeated": true]]])

    /// Leaves a document unchanged.
    static let same = BSONLiteral.encoded([["$replaceWith": "$$ROOT"]])

    /// Adds the missing fields to a document of an older service, which may have been changed by
    /// this one before.
    static let adopt = BSONLiteral.encoded(
        [
            [
                "$set": [
                    "priority": 0,
                    "available_at": choose(
                        isOver, "$$REMOVE", orElse("$locked_until", whenDue)),
                    "leased": choose(
                        ["$and": [isOpen, ["$gt": ["$locked_until", .null]]]], true, "$$REMOVE"),
                ]
            ]
        ])

    /// Returns a job to its place after an older service has ended its lease, or removes it from
    /// the claim index if it has ended. A cancellation that takes effect is recorded later.
    static let readmit = BSONLiteral.encoded(
        [
            [
                "$set": [
                    "available_at": choose(isOver, "$$REMOVE", onceAborted),
                    "delayed_until": noLongerDelayed,
                    "leased": "$$REMOVE",
                    "returned": choose(isOver, "$$REMOVE", "$type"),
                    "unique_key": choose(isCompleted, "$$REMOVE", "$unique_key"),
                    "error_group": choose(isCompleted, "$$REMOVE", "$error_group"),
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

    /// The name of a field that exists only between two stages of a pipeline. A field of this name
    /// in a document would be overwritten and removed.
    static func temporary(_ name: String) -> String { "__jobs_temporary_\(name)" }

    // MARK: The next state of a due job

    private static let nextField = temporary("next")

    /// The number of starts with this one, or the state of a job that cannot be started: ended and
    /// expired jobs leave the claim index permanently, as do jobs that have reached their own
    /// limit, and jobs to migrate until their migration; a job under a lease of an older service
    /// waits for the end of the lease; a job that has reached the limit of this claim is parked,
    /// where claims with a higher limit find it.
    static func next(maxRetries: Int) -> BSONLiteral {
        [
            "$let": [
                "vars": startsOfNext,
                "in": [
                    "$switch": [
                        "branches": [
                            isGone, isLeasedElsewhere, hasOutcome,
                            [
                                "case": hasReached(maxRetries, with: "$$starts"),
                                "then": parkedOrGone,
                            ],
                        ],
                        "default": nextStart,
                    ]
                ],
            ]
        ]
    }

    private static let startsOfNext = BSONLiteral.encoded(["starts": starts])

    private static let nextStart = BSONLiteral.encoded(oneMore("$$starts"))

    private static let isGone = BSONLiteral.encoded([
        "case": ["$or": [isCompleted, isExpired, isUnmigrated, isUnnamed]], "then": "gone",
    ])

    private static let isLeasedElsewhere = BSONLiteral.encoded(["case": isLive, "then": "wait"])

    private static let hasOutcome = BSONLiteral.encoded([
        "case": isGivenUpOrCancelling, "then": "gone",
    ])

    private static let parkedOrGone = BSONLiteral.encoded(choose(hasOwnLimit, "gone", "park"))

    private static let nextPath = BSONLiteral.string("$\(nextField)")

    private static let unsetNextAndReturned = BSONLiteral.encoded(
        ["$unset": [.string(nextField), "returned"]])

    private static let unsetNext = BSONLiteral.encoded(["$unset": [.string(nextField)]])

    private static let isStarting = BSONLiteral.encoded(["$isNumber": nextPath])

    private static let isWaiting = BSONLiteral.encoded(["$eq": [nextPath, "wait"]])

    private static let whenNotStarting = BSONLiteral.encoded(
        choose(isWaiting, "$locked_until", "$$REMOVE"))

    private static let startedNow = BSONLiteral.encoded(choose(isStarting, "$$NOW", "$started"))

    private static let startedOnceMore = BSONLiteral.encoded(
        choose(isStarting, nextPath, "$retries"))

    /// The number of attempts at which the token was made.
    private static let countedWithToken = BSONLiteral.encoded(
        choose(isStarting, nextPath, "$lock_retries"))

    private static let leasedOrWaiting = BSONLiteral.encoded(
        choose(["$or": [isStarting, isWaiting]], true, "$$REMOVE"))

    private static let noWorker = BSONLiteral.encoded(choose(isStarting, "$$REMOVE", "$worker"))

    private static let noRequest = BSONLiteral.encoded(
        choose(isStarting, "$$REMOVE", "$claim_request"))

    private static let attemptsWhenStarting = BSONLiteral.encoded(
        choose(["$and": [hasStarted, isStarting]], attemptsWithLapse, "$attempts"))

    /// Whether the lease of a due job has lapsed.
    private static let lapsed = BSONLiteral.encoded(choose(hasStarted, true, "$$REMOVE"))

    private static let parkedAt = BSONLiteral.encoded(
        choose(["$eq": [nextPath, "park"]], "$available_at", "$$REMOVE"))
}
