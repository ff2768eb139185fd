import Jobs

/// The pipelines of the acts of a lease holder. An act that does not apply leaves the document
/// unchanged.
extension Pipelines {
    /// Returns the pipeline of an act, which applies if the token is that of the last lease. `nil`
    /// skips the fencing check.
    static func of(_ act: Act, _ token: LockToken?) -> BSONLiteral {
        switch act {
        case .extend(let timeout, _): extend(token, timeout: timeout)
        case .abort(let delay): abort(token, delay: delay)
        case .complete: complete(token)
        case .release: release(token)
        case .fail, .cancel, .replay, .settle: same
        }
    }

    /// Moves the end of the lease, if there is one and the caller holds it.
    private static func extend(_ token: LockToken?, timeout: Int64) -> BSONLiteral {
        let applies: BSONLiteral = [
            "$and": [
                isUnfinished, isStarted, isOwner(token),
            ]
        ]
        return change(
            if: applies,
            [
                "locked_until": end(of: timeout), "available_at": end(of: timeout),
                "leased": true, "parked_at": "$$REMOVE",
            ])
    }

    /// Ends the lease if the caller holds it, and sets or removes the delay of the job.
    private static func abort(_ token: LockToken?, delay: Int64?) -> BSONLiteral {
        let delayed = delay.flatMap { $0 > 0 ? end(of: $0) : nil }
        return change(
            if: ["$and": [isUnfinished, hasLease, isOwner(token)]],
            [
                "started": .null, "locked_until": .null, "available_at": delayed ?? onceAborted,
                "delayed_until": delayed ?? noLongerDelayed,
                "leased": "$$REMOVE", "parked_at": "$$REMOVE", "returned": "$type",
            ])
    }

    /// Takes the last start back, if the token belongs to it.
    private static func release(_ token: LockToken?) -> BSONLiteral {
        change(
            if: ["$and": [isUnfinished, isStarted, isOwner(token)]],
            [
                "started": .null, "locked_until": .null, "leased": "$$REMOVE",
                "retries": oneStartLess,
                "available_at": whenDue,
                "lock_token": "$$REMOVE", "lock_retries": "$$REMOVE", "returned": "$type",
            ])
    }

    /// Completes the job, if the caller holds its lease.
    private static func complete(_ token: LockToken?) -> BSONLiteral {
        change(
            if: ["$and": [isUnfinished, isOwner(token)]],
            [
                "completed": "$$NOW", "started": .null, "locked_until": .null,
                "available_at": "$$REMOVE", "leased": "$$REMOVE", "parked_at": "$$REMOVE",
                "unique_key": "$$REMOVE", "returned": "$$REMOVE",
                "last_started": whenStarted,
            ])
    }

    /// Sets fields if `condition` holds.
    private static func change(
        if condition: BSONLiteral, _ fields: KeyValuePairs<String, BSONLiteral>
    ) -> BSONLiteral {
        .array([
            ["$set": .document([.init(key: applies, value: condition)])],
            [
                "$set": .document(
                    fields.map { key, value in
                        BSONLiteral.Member(
                            key: key,
                            value: choose(.string("$\(applies)"), value, .string("$\(key)")))
                    })
            ],
            unsetApplies,
        ])
    }

    private static let isUnfinished = BSONLiteral.encoded(["$not": isCompleted])

    private static let isStarted = BSONLiteral.encoded(["$gt": ["$started", .null]])

    private static let whenStarted = BSONLiteral.encoded(["$ifNull": ["$started", "$$REMOVE"]])

    private static let applies = temporary("applies")

    private static let unsetApplies = BSONLiteral.encoded(["$unset": [.string(applies)]])
}
