import BSON
import Jobs

/// A place in the claim index, among the jobs of one type.
///
/// Places are in the order of claims: higher priority first, then earlier availability.
struct ClaimPlace: Sendable, Comparable {
    var priority: Int
    var availableAt: Timestamp

    static func < (left: ClaimPlace, right: ClaimPlace) -> Bool {
        left.priority == right.priority
            ? left.availableAt < right.availableAt : left.priority > right.priority
    }
}

/// A job in the claim index that was due when its key was read.
struct DueJob: Sendable {
    /// The `_id` of its document, for a query.
    let id: BSONLiteral
    let jobID: JobID
    /// Every start and every return changes the place.
    let place: ClaimPlace

    /// Creates a value from the key of a document.
    ///
    /// - Returns: `nil` if the key has no place, as that of a document that was inserted by hand.
    init?(_ key: BSONDocument) {
        guard let id = key["_id"], let date = key["available_at"]?.date else { return nil }
        self.id = .value(id)
        jobID = id.jobID
        place = ClaimPlace(
            priority: Int(key["priority"]?.integer ?? 0),
            availableAt: Timestamp(milliseconds: date.milliseconds))
    }

    /// Creates a value for a job that this process has added or given back.
    ///
    /// - Returns: `nil` if the `_id` is not known: it may be a string or an object id.
    init?(_ job: Job, availableAt: Timestamp) {
        id = job.id.bson
        guard case .value = id else { return nil }
        jobID = job.id
        place = ClaimPlace(priority: job.priority, availableAt: availableAt)
    }

    /// Whether this job is claimed first. Ids of one place are compared as strings, which they are
    /// unless a document was inserted by hand.
    func isBefore(_ other: DueJob) -> Bool {
        guard place == other.place else { return place < other.place }
        return jobID.description.utf8.lexicographicallyPrecedes(other.jobID.description.utf8)
    }

    /// The fields of a document that a look reads. All of them are in the claim index.
    static let projection = BSONLiteral.encoded(["_id": 1, "priority": 1, "available_at": 1])
}
