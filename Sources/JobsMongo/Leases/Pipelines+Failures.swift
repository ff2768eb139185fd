import BSON
import Jobs

/// The step of a failed attempt, with the delay of its policy.
extension Pipelines {
    /// Ends the lease, and delays the job or gives it up. `nil` instead of a token skips the
    /// fencing check.
    static func fail(_ token: LockToken?, _ failure: Failure) -> ChangeStep {
        let error = failure.error == nil ? "$$REMOVE" : errorPath
        var cancelled = cancelled(
            at: "$$NOW", recording: recording(outcome(.cancelled), ["error": errorPath]))
        if failure.error != nil { cancelled["error"] = errorPath }
        let group: BSONLiteral = [
            "key": .literal(ErrorKey.of(failure.error)), "at": "$$NOW",
        ]
        let attempt: FieldValues = [
            "error": errorPath, "delay": choose(isLast, "$$REMOVE", delayPath),
            "reason": reasonPath,
        ]
        var before = FieldValues(dictionaryLiteral: (delayField, delay(of: failure)))
        before[errorField] = failure.error.map { .literal($0.document) }
        return ChangeStep(
            condition: ["$and": [isOpen, hasStarted, isOwner(token)]],
            pipeline: [
                before.stage,
                FieldValues(dictionaryLiteral: (reasonField, reason(to: failure))).stage,
                FieldValues(
                    if: isCancelRequested, cancelled,
                    else: ending
                        + [
                            "error": error, "error_group": group,
                            "attempts": recording(outcome(.failed), attempt),
                        ]
                ).stage,
                unset,
            ])
    }

    private static let ending = FieldValues(if: isLast, givenUp, else: retried).encoded

    private static let givenUp =
        ended + ["failed": "$$NOW", "outcome": OutcomeKey.failed.value(at: "$$NOW")]

    private static let retried: FieldValues = [
        "started": .null, "locked_until": .null,
        "available_at": choose(isDelayed, endOfDelay, onceAborted),
        "delayed_until": choose(isDelayed, endOfDelay, noLongerDelayed),
        "leased": "$$REMOVE", "parked_at": "$$REMOVE", "returned": givenBack,
    ]

    /// Why the job is given up; missing if it is tried again.
    private static func reason(to failure: Failure) -> BSONLiteral {
        guard failure.retry else { return .string(Attempt.Reason.noRetry.rawValue) }
        return [
            "$switch": [
                "branches": [
                    [
                        "case": hasReached(failure.maxRetries),
                        "then": .string(Attempt.Reason.limit.rawValue),
                    ],
                    isTooLate,
                ],
                "default": "$$REMOVE",
            ]
        ]
    }

    private static let isTooLate = BSONLiteral.encoded([
        "case": [
            "$and": [
                isDate("$execute_until"),
                ["$gte": [endOfDelay, ["$min": ["$execute_until", .value(Timestamp.max.bson)]]]],
            ]
        ],
        "then": .string(Attempt.Reason.deadline.rawValue),
    ])

    // MARK: The delay, as `RetryPolicy` computes it

    private static func delay(of failure: Failure) -> BSONLiteral {
        if let delay = failure.delay { return .int(max(delay, 0)) }
        let policy = choose(
            ["$eq": [["$type": "$retry"], "object"]], "$retry",
            .literal(failure.policy.document))
        let jittered: BSONLiteral = [
            "$multiply": [
                ["$min": ["$$grown", "$$longest"]],
                ["$add": [.value(1.0), ["$multiply": ["$$jitter", .value(failure.chance)]]]],
            ]
        ]
        let delay: BSONLiteral = [
            "$toLong": ["$max": [.value(0.0), ["$min": [jittered, longestDelay]]]]
        ]
        return bind(
            ["policy": policy],
            in: bind(numbersOfPolicy, in: bind(["grown": grown], in: delay)))
    }

    private static let longestDelay = BSONLiteral.value(Double(RetryPolicy.longestDelay))

    private static let numbersOfPolicy =
        ([
            "first": number(
                "$$policy.delay", else: Double(RetryPolicy.defaultDelay), ["int", "long"]),
            "longest": number(
                "$$policy.max_delay", else: Double(RetryPolicy.defaultMaxDelay), ["int", "long"]),
            "jitter": number(
                "$$policy.jitter", else: RetryPolicy.defaultJitter, ["double", "int", "long"]),
            // A difference that overflows becomes a double, and is clamped.
            "count": [
                "$min": [["$max": [["$subtract": [starts, budgetStart]], 1]], .int(.max)]
            ],
        ] as FieldValues).encoded

    private static func number(_ path: BSONLiteral, else other: Double, _ types: BSONLiteral)
        -> BSONLiteral
    {
        choose(["$in": [["$type": path], types]], ["$toDouble": path], .value(other))
    }

    /// The delay before its limit. Whole powers of two are exact.
    private static let grown = BSONLiteral.encoded([
        "$switch": [
            "branches": [
                ["case": isBackoff(.none), "then": .value(0.0)],
                ["case": isBackoff(.constant), "then": "$$first"],
                [
                    "case": isBackoff(.linear),
                    "then": ["$multiply": ["$$first", ["$toDouble": "$$count"]]],
                ],
            ],
            "default": [
                "$multiply": [
                    "$$first",
                    [
                        "$pow": [
                            .value(2.0),
                            [
                                "$min": [
                                    ["$subtract": ["$$count", 1]],
                                    .int(Int64(RetryPolicy.mostDoublings)),
                                ]
                            ],
                        ]
                    ],
                ]
            ],
        ]
    ])

    private static func isBackoff(_ backoff: RetryPolicy.Backoff) -> BSONLiteral {
        ["$eq": ["$$policy.backoff", .string(backoff.rawValue)]]
    }

    private static func bind(_ variables: FieldValues, in expression: BSONLiteral) -> BSONLiteral {
        ["$let": ["vars": .document(variables.members), "in": expression]]
    }

    // MARK: Fields between two stages

    private static let errorField = temporary("error")
    private static let delayField = temporary("delay")
    private static let reasonField = temporary("reason")
    private static let errorPath = BSONLiteral.string("$\(errorField)")
    private static let delayPath = BSONLiteral.string("$\(delayField)")
    private static let reasonPath = BSONLiteral.string("$\(reasonField)")

    private static let isLast = BSONLiteral.encoded(["$gt": [reasonPath, .null]])
    private static let isDelayed = BSONLiteral.encoded(["$gt": [delayPath, 0]])

    private static let endOfDelay = BSONLiteral.encoded(
        [
            "$min": [
                .value(Timestamp.max.bson),
                ["$add": ["$$NOW", ["$min": [delayPath, .int(RetryPolicy.longestDelay)]]]],
            ]
        ])

    private static let unset = BSONLiteral.encoded(
        ["$unset": [.string(errorField), .string(delayField), .string(reasonField)]])
}
