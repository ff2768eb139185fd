import BSON
import Jobs

/// How attempts are recorded, and how a job ends or is given back.
extension Pipelines {
    /// The attempts with that of the current lease.
    ///
    /// - Parameters:
    ///   - ended: When it ended.
    ///   - others: Further fields of the attempt. A field whose value is missing is left out.
    static func attempts(
        adding outcome: BSONLiteral, ended: BSONLiteral, _ others: FieldValues = [:]
    ) -> BSONLiteral {
        let attempt: FieldValues = [
            // Read with the same conversion as the number of starts.
            "attempt": "$retries", "started": "$started", "ended": ended, "outcome": outcome,
            "worker": "$worker",
        ]
        return [
            "$slice": [
                ["$concatArrays": [knownAttempts, [.document((attempt + others).members)]]],
                .value(-Int32(Attempt.maximumCount)),
            ]
        ]
    }

    /// The attempts with the current one, if the job is started.
    static func recording(
        _ outcome: BSONLiteral, at ended: BSONLiteral = "$$NOW", _ others: FieldValues = [:]
    ) -> BSONLiteral {
        choose(hasStarted, attempts(adding: outcome, ended: ended, others), "$attempts")
    }

    private static let knownAttempts = BSONLiteral.encoded(
        choose(["$isArray": ["$attempts"]], "$attempts", []))

    /// The attempts with that of a lease that has lapsed.
    static let attemptsWithLapse = BSONLiteral.encoded(
        attempts(adding: outcome(.lapsed), ended: "$locked_until"))

    /// The attempts with that of a lease that has lapsed, if there is one.
    static let recordingLapse = BSONLiteral.encoded(
        choose(
            ["$and": [hasStarted, ["$gt": ["$locked_until", .null]]]], attemptsWithLapse,
            "$attempts"))

    static func outcome(_ outcome: Attempt.Outcome) -> BSONLiteral { .string(outcome.rawValue) }

    /// Ends the job as cancelled.
    static func cancelled(at time: BSONLiteral, recording attempts: BSONLiteral) -> FieldValues {
        ended + [
            "cancelled": time, "outcome": OutcomeKey.cancelled.value(at: time),
            "attempts": attempts, "error_group": "$$REMOVE",
        ]
    }

    /// Ends the lease and takes the job out of the claim index. Its key is free for other jobs.
    static let ended: FieldValues = [
        "started": .null, "locked_until": .null, "available_at": "$$REMOVE",
        "leased": "$$REMOVE", "parked_at": "$$REMOVE", "returned": "$$REMOVE",
        "unique_key": "$$REMOVE", "unique": choose(isUnique, true, "$$REMOVE"),
        // Nothing is left to adopt.
        "priority": orZero("$priority"),
    ]

    /// Whether the job was added as unique.
    static let isUnique = BSONLiteral.encoded(
        ["$or": [["$eq": [["$type": "$unique_key"], "object"]], ["$eq": ["$unique", true]]]])

    /// The value of `returned`. The event of a change stream shows only fields that change, so a
    /// type that is there already is written in another form.
    static let givenBack = BSONLiteral.encoded(
        choose(["$eq": ["$returned", "$type"]], ["$type"], "$type"))
}
