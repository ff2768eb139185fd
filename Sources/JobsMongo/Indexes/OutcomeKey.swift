import Jobs

/// How the index of outcomes finds a job: the elements of its field `outcome`.
///
/// A failed job has the elements `"failed"`, `{failed: type}` and `{failed: date}`. So one index
/// has the failed jobs in the order of ids, those of one type in this order, and in the order in
/// which they failed. Each further index would slow down every command, even on jobs that are not
/// in it.
enum OutcomeKey: String {
    case failed, cancelled
    /// A cancellation is pending, or has taken effect and is not recorded yet.
    case cancelling
    /// A claim has found that the job has reached its own limit of starts.
    case exhausted

    /// The element that all jobs with this outcome have.
    var all: BSONLiteral { .string(rawValue) }

    /// The element of the jobs of a type.
    func type(_ type: BSONLiteral) -> BSONLiteral {
        .document([.init(key: rawValue, value: type)])
    }

    /// The value of the field, as an expression.
    ///
    /// - Parameter date: When the job ended; `nil` if it has not.
    func value(at date: BSONLiteral? = nil) -> BSONLiteral {
        .array([all, type("$type")] + (date.map { [type($0)] } ?? []))
    }

    /// The condition for the jobs that ended after a date, if there is one, and until another.
    func ended(after begin: Timestamp = .min, by date: Timestamp) -> BSONLiteral {
        // The bounds have to concern the same element.
        [
            "$elemMatch": [
                "$gt": type(.value(begin.bson)), "$lte": type(.value(date.bson)),
            ]
        ]
    }
}
