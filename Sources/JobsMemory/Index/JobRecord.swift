import JSON
import Jobs

/// A job as the store keeps it, with what the claims need to know beside it.
final class JobRecord {
    private(set) var job: Job
    /// The token of the last lease, also when that is over.
    private(set) var lockToken: LockToken?
    private var unknown: JSONText?
    /// Unowned, as the queue's trees hold the record: the two would keep each other for ever. The queue
    /// of a type is there as long as the type has jobs.
    unowned let queue: TypeQueue
    /// Where the queue has it.
    var place = Place.nowhere
    /// Whether it is found by what it refers to.
    var isReferenced = false

    enum Place: Equatable {
        /// Completed, or expired when a claim met it.
        case nowhere
        /// Delayed or leased, as the time was when it was put there.
        case waiting
        case ready
    }

    init(_ stored: StoredJob, queue: TypeQueue) {
        job = stored.job
        lockToken = stored.lockToken
        unknown = stored.unknown
        self.queue = queue
    }

    /// What of it outlives the process, where anything does. To set it, the job has to be in no queue.
    var stored: StoredJob {
        get { StoredJob(job: job, lockToken: lockToken, unknown: unknown) }
        set {
            job = newValue.job
            lockToken = newValue.lockToken
            unknown = newValue.unknown
        }
    }

    /// When the job may be claimed by type, or could have been since.
    var availableAt: Timestamp { job.availableAt() }
}

/// The place of a job in the order of its id.
struct IDEntry: Comparable {
    let id: JobID
    let record: JobRecord

    init(_ record: JobRecord) {
        id = record.job.id
        self.record = record
    }

    static func == (left: IDEntry, right: IDEntry) -> Bool { left.id == right.id }
    static func < (left: IDEntry, right: IDEntry) -> Bool { left.id < right.id }
}

/// The place of a job among those that wait or are ready: higher priority, then earlier
/// availability, then id. What the order depends on must not change while the entry is in a tree.
struct QueueEntry: Comparable {
    let priority: Int
    let availableAt: Timestamp
    let record: JobRecord

    static func == (left: QueueEntry, right: QueueEntry) -> Bool { left.record === right.record }

    static func < (left: QueueEntry, right: QueueEntry) -> Bool {
        if left.priority != right.priority { return left.priority > right.priority }
        if left.availableAt != right.availableAt { return left.availableAt < right.availableAt }
        return left.record.job.id < right.record.job.id
    }
}

/// The place of an unfinished job among those of its type, by what it refers to.
struct ReferenceEntry: Comparable {
    /// Of the bytes of the reference: shorter than the text, and its order means nothing to anybody.
    let hash: Int
    let record: JobRecord

    init(_ record: JobRecord) {
        hash = ExactText(record.job.refID).hashValue
        self.record = record
    }

    static func == (left: ReferenceEntry, right: ReferenceEntry) -> Bool {
        left.record === right.record
    }

    static func < (left: ReferenceEntry, right: ReferenceEntry) -> Bool {
        left.hash == right.hash
            ? left.record.job.id < right.record.job.id : left.hash < right.hash
    }
}
