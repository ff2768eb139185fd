import Jobs

/// The queries for jobs that have ended or expired, and whose retention has passed.
///
/// The index is read up to a time that is not later than that of the server, by which each job is
/// judged again.
struct EndedJobs {
    private let retention: Retention
    private let now: Timestamp

    init(_ retention: Retention, at now: Timestamp) {
        self.retention = retention
        self.now = now
    }

    var completed: BSONLiteral {
        query("completed", retention.completed, ["completed": range(retention.completed)])
    }

    var failed: BSONLiteral {
        query(
            "failed", retention.failed,
            [
                "outcome": OutcomeKey.failed.ended(by: limit(retention.failed)),
                "failed": JobIndexes.isDate, "completed": .null,
            ])
    }

    var cancelled: BSONLiteral {
        query(
            "cancelled", retention.cancelled,
            [
                "outcome": OutcomeKey.cancelled.ended(by: limit(retention.cancelled)),
                "cancelled": JobIndexes.isDate, "failed": .null, "completed": .null,
            ])
    }

    var expired: BSONLiteral {
        query(
            "execute_until", retention.expired,
            ["execute_until": range(retention.expired), "completed": .null], Self.isExpired)
    }

    /// The expired jobs, for which no retention counts.
    static let allExpired = EndedJobs(Retention(), at: .max).expired

    private static let isExpired: BSONLiteral = [
        "$and": [Pipelines.isExpired, ["$not": Pipelines.isOver]]
    ]

    /// The latest date at which a job with this retention has ended; the latest of all without one.
    private func limit(_ retention: Int64) -> Timestamp {
        retention > 0 ? now.advanced(by: -retention) : .max
    }

    private func range(_ retention: Int64) -> BSONLiteral {
        guard retention > 0 else { return JobIndexes.isDate }
        return [
            "$gt": .value(Timestamp.min.bson), "$lte": .value(limit(retention).bson),
        ]
    }

    private func query(
        _ date: String, _ retention: Int64, _ conditions: FieldValues,
        _ expression: BSONLiteral? = nil
    ) -> BSONLiteral {
        var expressions = expression.map { [$0] } ?? []
        if retention > 0 {
            expressions.append(["$lte": [.string("$\(date)"), Pipelines.end(of: -retention)]])
        }
        var members = conditions.members
        if !expressions.isEmpty {
            members.append(.init(key: "$expr", value: ["$and": .array(expressions)]))
        }
        return .document(members)
    }
}
