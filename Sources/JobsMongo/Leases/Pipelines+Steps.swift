import BSON
import Jobs

/// A change of one job with a command that finds the job only if the act applies. So the reply
/// shows whether this command has changed the job. The server takes longer to find a job in this
/// way.
struct ChangeStep {
    /// Whether the act applies, as an expression.
    let condition: BSONLiteral
    /// The pipeline of the act.
    let pipeline: BSONLiteral
}

/// The acts that end a job or open it again. `nil` instead of a token skips the fencing
/// check.
extension Pipelines {
    /// Cancels the job, at once if it has no live lease.
    static func cancel(_ token: LockToken?) -> ChangeStep {
        ChangeStep(
            condition: [
                "$and": [
                    isOpen, isOwner(token),
                    ["$or": [["$not": isLive], ["$not": isCancelRequested]]],
                ]
            ],
            pipeline: cancellation)
    }

    private static let cancellation = BSONLiteral.encoded(
        [
            FieldValues(
                if: isLive, cancelling, else: cancelled(at: "$$NOW", recording: recordingLapse)
            ).stage
        ])

    private static let cancelling: FieldValues = [
        "cancel_requested": "$$NOW", "outcome": OutcomeKey.cancelling.value(),
        // Also if an older service has started the job, so that a claim finds it when the lease
        // ends.
        "available_at": choose(isDate("$locked_until"), "$locked_until", "$available_at"),
        "leased": true, "parked_at": "$$REMOVE",
    ]

    /// Records a cancellation that took effect when the lease ended.
    static func settle(_ token: LockToken?) -> ChangeStep {
        ChangeStep(
            condition: ["$and": [isUnrecorded, isOwner(token)]],
            pipeline: settlement)
    }

    private static let settlement = BSONLiteral.encoded(
        [
            cancelled(
                at: whenCancelled, recording: recording(outcome(.cancelled), at: whenCancelled)
            ).stage
        ])

    /// Makes the job claimable again, with the budget of starts that it had.
    static func replay(_ token: LockToken?, _ replay: Replay) -> ChangeStep {
        let isStuck: BSONLiteral = [
            "$and": [
                ["$not": isLive],
                ["$or": [isCancelRequested, isPastDeadline, hasReached(replay.maxRetries)]],
            ]
        ]
        let isInTime: BSONLiteral = replay.ttl == nil ? ["$not": isPastDeadline] : true
        let delayed = replay.delay.flatMap { $0 > 0 ? end(of: $0) : nil }
        var fields: FieldValues = [
            "max_retries": limit(from: starts, replay.maxRetries),
            "budget_start": choose(["$eq": [starts, 0]], "$$REMOVE", starts),
            "delayed_until": delayed ?? "$$REMOVE", "available_at": delayed ?? "$created",
            "lock_token": .string(replay.token.description), "lock_retries": starts,
        ]
        if let ttl = replay.ttl { fields["execute_until"] = ttl > 0 ? end(of: ttl) : .null }
        return ChangeStep(
            condition: [
                "$and": [
                    ["$not": isCompleted], isOwner(token), isInTime,
                    ["$or": [isGivenUp, isStuck]],
                ]
            ],
            pipeline: [(reopened + fields).stage])
    }

    private static let reopened =
        ([
            "started": .null, "locked_until": .null, "leased": "$$REMOVE", "parked_at": "$$REMOVE",
            "failed": "$$REMOVE", "cancelled": "$$REMOVE", "cancel_requested": "$$REMOVE",
            "outcome": "$$REMOVE", "error_group": "$$REMOVE", "returned": givenBack,
            "unique_key": choose(isUnique, ["type": "$type", "ref_id": "$ref_id"], "$$REMOVE"),
            "unique": "$$REMOVE",
            "attempts": choose(
                [
                    "$and": [
                        hasStarted, ["$or": [isUnrecorded, ["$gt": ["$locked_until", .null]]]],
                    ]
                ],
                attempts(
                    adding: choose(isUnrecorded, outcome(.cancelled), outcome(.lapsed)),
                    ended: whenCancelled),
                "$attempts"),
        ] as FieldValues).encoded

    private static let isUnrecorded = BSONLiteral.encoded(
        ["$and": [["$not": hasEnded], hasUnrecordedCancellation]])

    /// When a pending cancellation took effect.
    private static let whenCancelled = BSONLiteral.encoded(
        choose(isDate("$locked_until"), "$locked_until", "$cancel_requested"))

    /// The number of starts after which a replayed job is exhausted again: the present number and
    /// the budget that the job had. Sums and differences that overflow become doubles, and are
    /// clamped.
    private static func limit(from starts: BSONLiteral, _ limit: Int) -> BSONLiteral {
        let own: BSONLiteral = [
            "$min": [["$subtract": ["$max_retries", budgetStart]], .int(.max)]
        ]
        let budget: BSONLiteral = ["$max": [choose(hasOwnLimit, own, .int(Int64(limit))), 1]]
        return ["$min": [["$add": [starts, budget]], .int(.max)]]
    }

    /// The number of starts at which the budget of the job began.
    static let budgetStart = BSONLiteral.encoded(
        choose(isWhole("$budget_start"), "$budget_start", 0))
}
