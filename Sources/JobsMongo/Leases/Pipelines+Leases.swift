import Jobs

/// What the holder of a lease can do to the job. Where it does not apply the document stays as it is.
extension Pipelines {
    /// Moves the end of the lease, if there is one and it is the caller's.
    static func extend(_ token: LockToken?, timeout: Int64) -> BSONLiteral {
        let applies: BSONLiteral = [
            "$and": [
                ["$not": isCompleted], ["$gt": ["$started", .null]], isOwner(token),
            ]
        ]
        return change(
            if: applies,
            [
                "locked_until": end(of: timeout), "available_at": end(of: timeout),
                "leased": true, "parked_at": "$$REMOVE",
            ])
    }

    /// Ends the lease, if it is the caller's; the job is delayed from now, or no longer at all.
    static func abort(_ token: LockToken?, delay: Int64?) -> BSONLiteral {
        let delayed = delay.flatMap { $0 > 0 ? end(of: $0) : nil }
        return change(
            if: ["$and": [["$not": isCompleted], hasLease, isOwner(token)]],
            [
                "started": .null, "locked_until": .null, "available_at": delayed ?? onceAborted,
                "delayed_until": delayed ?? noLongerDelayed,
                "leased": "$$REMOVE", "parked_at": "$$REMOVE", "returned": "$type",
            ])
    }

    /// Takes the last start back, if the token is its own.
    static func release(_ token: LockToken) -> BSONLiteral {
        change(
            if: ["$and": [["$not": isCompleted], isOwner(token)]],
            [
                "started": .null, "locked_until": .null, "leased": "$$REMOVE",
                "retries": oneStartLess,
                "available_at": whenDue,
                "lock_token": "$$REMOVE", "lock_retries": "$$REMOVE", "returned": "$type",
            ])
    }

    /// Completes the job, if its lease is the caller's.
    static func complete(_ token: LockToken?) -> BSONLiteral {
        change(
            if: ["$and": [["$not": isCompleted], isOwner(token)]],
            [
                "completed": "$$NOW", "started": .null, "locked_until": .null,
                "available_at": "$$REMOVE", "leased": "$$REMOVE", "parked_at": "$$REMOVE",
                "unique_key": "$$REMOVE", "returned": "$$REMOVE",
                "last_started": ["$ifNull": ["$started", "$$REMOVE"]],
            ])
    }

    /// Sets fields if `condition` holds; else they stay as they are.
    private static func change(
        if condition: BSONLiteral, _ fields: KeyValuePairs<String, BSONLiteral>
    ) -> BSONLiteral {
        let applies = temporary("applies")
        return .array([
            ["$set": .document([.init(key: applies, value: condition)])],
            [
                "$set": .document(
                    fields.map { key, value in
                        BSONLiteral.Member(
                            key: key,
                            value: choose(.string("$\(applies)"), value, .string("$\(key)")))
                    })
            ],
            ["$unset": [.string(applies)]],
        ])
    }
}
