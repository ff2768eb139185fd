import BSON
import Jobs

/// The state of a job as expressions, as `Job+States` defines it.
extension Pipelines {
    static let isCancelRequested = BSONLiteral.encoded(isDate("$cancel_requested"))

    /// Whether the job has failed or is cancelled.
    static let isGivenUp = BSONLiteral.encoded(isAnyDate(["$failed", "$cancelled"]))

    /// Whether the job has failed or is cancelled, or a cancellation was requested.
    static let isGivenUpOrCancelling = BSONLiteral.encoded(
        isAnyDate(["$failed", "$cancelled", "$cancel_requested"]))

    /// Whether a pending cancellation has taken effect, if the job has not ended otherwise.
    static let hasUnrecordedCancellation = BSONLiteral.encoded(
        ["$and": [["$lte": ["$locked_until", "$$NOW"]], isCancelRequested]])

    static let hasEnded = BSONLiteral.encoded(["$or": [isCompleted, isGivenUp]])

    /// Whether only a replay changes the job.
    static let isOver = BSONLiteral.encoded(
        ["$or": [isCompleted, isGivenUp, hasUnrecordedCancellation]])

    static let isOpen = BSONLiteral.encoded(["$not": isOver])

    static let isPastDeadline = BSONLiteral.encoded(
        ["$and": [isDate("$execute_until"), ["$lte": ["$execute_until", "$$NOW"]]]])

    static let hasOwnLimit = BSONLiteral.encoded(isWhole("$max_retries"))

    /// Whether the starts of the job have reached its own limit or, if it has none, `limit`.
    static func hasReached(_ limit: Int, with starts: BSONLiteral = starts) -> BSONLiteral {
        ["$gte": [starts, choose(hasOwnLimit, "$max_retries", .int(Int64(limit)))]]
    }

    /// The name of the state.
    ///
    /// - Parameter maxRetries: The limit of starts of jobs that have no limit of their own.
    static func state(maxRetries: Int) -> BSONLiteral {
        let states: KeyValuePairs<JobState, BSONLiteral> = [
            .completed: isCompleted, .failed: isDate("$failed"),
            .cancelled: isDate("$cancelled"), .running: isLive, .cancelled: isCancelRequested,
            .expired: isPastDeadline,
            .exhausted: hasReached(maxRetries), .delayed: isDelayed,
        ]
        return [
            "$switch": [
                "branches": .array(
                    states.map { ["case": $1, "then": .string($0.rawValue)] }),
                "default": .string(JobState.ready.rawValue),
            ]
        ]
    }

    private static let isDelayed = BSONLiteral.encoded(
        [
            "$and": [
                ["$not": isDate("$locked_until")],
                [
                    "$gt": [
                        choose(isDate("$delayed_until"), "$delayed_until", "$created"), "$$NOW",
                    ]
                ],
            ]
        ])

    static func isDate(_ field: BSONLiteral) -> BSONLiteral {
        ["$eq": [["$type": field], "date"]]
    }

    /// Whether one of the fields is a date, and none has a type that is ordered behind dates. It
    /// costs less than to look at each of them.
    private static func isAnyDate(_ fields: BSONLiteral) -> BSONLiteral {
        isDate(["$max": fields])
    }

    /// Whether the field is a number that ``JobDocument`` reads as a whole number.
    static func isWhole(_ field: BSONLiteral) -> BSONLiteral {
        ["$in": [["$type": field], ["int", "long"]]]
    }
}
