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

    var completed: BSONLiteral { query("completed", retention.completed) }

    var failed: BSONLiteral { query("failed", retention.failed, ["completed": .null]) }

    var cancelled: BSONLiteral {
        query(
            "cancelled", retention.cancelled,
            ["completed": .null, "failed": ["$not": ["$type": "date"]]])
    }

    var expired: BSONLiteral {
        query("execute_until", retention.expired, ["completed": .null], Self.isExpired)
    }

    /// The expired jobs, for which no retention counts.
    static let allExpired = EndedJobs(Retention(), at: .max).expired

    private static let isExpired: BSONLiteral = [
        "$and": [Pipelines.isExpired, ["$not": Pipelines.isOver]]
    ]

    private func query(
        _ field: String, _ retention: Int64, _ others: FieldValues = [:],
        _ condition: BSONLiteral? = nil
    ) -> BSONLiteral {
        var range = JobIndexes.isDate
        var conditions = condition.map { [$0] } ?? []
        if retention > 0 {
            range = [
                "$gt": .value(Timestamp.min.bson),
                "$lte": .value(now.advanced(by: -retention).bson),
            ]
            conditions.append(
                ["$lte": [.string("$\(field)"), Pipelines.end(of: -retention)]])
        }
        var members = [BSONLiteral.Member(key: field, value: range)] + others.members
        if !conditions.isEmpty {
            members.append(.init(key: "$expr", value: ["$and": .array(conditions)]))
        }
        return .document(members)
    }
}
