import BSON
import Jobs

/// The start of a due job about which nothing is special: it is open, has no lease, and has starts
/// left.
///
/// The conditions are in the query, so the pipeline decides nothing. A server reads the pipeline of
/// each command anew, and the start of one job by its `_id` costs it an eighth less with this one
/// than with ``claim(_:_:_:)``. That one starts the other jobs, and decides the same for these. An
/// update of many jobs is read once, so it has nothing to gain.
extension Pipelines {
    /// Whether a due job is one of these. Unusual values in a document, also harmless ones, make it
    /// none.
    static func isPlain(maxRetries: Int) -> BSONLiteral {
        ["$and": [isPlainButForStarts, ["$not": hasReached(maxRetries, with: "$retries")]]]
    }

    /// Starts a job for the first caller of a claim.
    static func plainClaim(_ token: LockToken, _ claim: Claim) -> BSONLiteral {
        let end = end(of: claim.timeout)
        let fields: FieldValues = [
            "started": "$$NOW", "locked_until": end, "retries": oneMorePlainStart,
            "lock_token": .string(token.description), "lock_retries": oneMorePlainStart,
            "available_at": end, "leased": true, "parked_at": "$$REMOVE", "lapsed": "$$REMOVE",
            "returned": "$$REMOVE", "worker": worker(claim) ?? "$$REMOVE",
            "claim_request": request(claim) ?? "$$REMOVE",
        ]
        return [fields.stage]
    }

    private static let isPlainButForStarts = BSONLiteral.encoded([
        "$and": [
            // The largest one of values of all types, apart from null.
            [
                "$lte": [
                    [
                        "$max": [
                            "$completed", "$started", "$locked_until", "$failed", "$cancelled",
                            "$cancel_requested",
                        ]
                    ], .null,
                ]
            ],
            ["$or": [["$lte": ["$execute_until", .null]], ["$gt": ["$execute_until", "$$NOW"]]]],
            isDate("$created"), isWhole("$retries"), ["$not": isUnnamed],
        ]
    ])

    private static let oneMorePlainStart = BSONLiteral.encoded(oneMore("$retries"))
}
