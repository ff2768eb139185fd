import Jobs

/// The queries for jobs that have ended or expired, and whose retention has passed.
///
/// The index is read up to a time that is not later than that of the server, by which each job is
/// judged again.
struct EndedJobs {
    /// The types of the jobs.
    enum Types {
        case all
        case only([ExactText])
        case allBut([ExactText])
    }

    private let retention: Retention
    private let types: Types
    private let now: Timestamp
    private let last: Timestamp

    /// - Parameters:
    ///   - types: The types of the jobs.
    ///   - last: The time of an earlier cleaning by the same rules. Jobs that it has removed are
    ///     not looked for, so that jobs of other types among them are not read.
    init(
        _ retention: Retention, of types: Types = .all, after last: Timestamp = .min,
        at now: Timestamp
    ) {
        self.retention = retention
        self.types = types
        self.now = now
        self.last = last
    }

    var completed: BSONLiteral {
        query(
            "completed", retention.completed, ["completed": range(retention.completed, after: last)]
        )
    }

    var failed: BSONLiteral {
        query(
            "failed", retention.failed,
            [
                "outcome": OutcomeKey.failed.ended(
                    after: begin(retention.failed), by: limit(retention.failed)),
                "failed": JobIndexes.isDate, "completed": .null,
            ])
    }

    var cancelled: BSONLiteral {
        query(
            "cancelled", retention.cancelled,
            [
                "outcome": OutcomeKey.cancelled.ended(
                    after: begin(retention.cancelled), by: limit(retention.cancelled)),
                "cancelled": JobIndexes.isDate, "failed": .null, "completed": .null,
            ])
    }

    var expired: BSONLiteral {
        query(
            "execute_until", retention.expired,
            // A job expires long after its deadline if its lease lasts longer.
            ["execute_until": range(retention.expired, after: .min), "completed": .null],
            Self.isExpired)
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

    /// The date until which jobs with this retention had to end for the last cleaning.
    private func begin(_ retention: Int64) -> Timestamp {
        last == .min ? .min : last.advanced(by: max(retention, 0).multipliedClamped(by: -1))
    }

    private func range(_ retention: Int64, after last: Timestamp) -> BSONLiteral {
        let begin = last == .min ? .min : begin(retention)
        guard retention > 0 || begin != .min else { return JobIndexes.isDate }
        return ["$gt": .value(begin.bson), "$lte": .value(limit(retention).bson)]
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
        switch types {
        case .all: break
        case .only(let types): members.append(.init(key: "type", value: ["$in": types.literal]))
        case .allBut(let types): members.append(.init(key: "type", value: ["$nin": types.literal]))
        }
        if !expressions.isEmpty {
            members.append(.init(key: "$expr", value: ["$and": .array(expressions)]))
        }
        return .document(members)
    }
}

extension [ExactText] {
    fileprivate var literal: BSONLiteral { .array(map { .string($0.text) }) }
}
