import JSON
import Jobs

/// A job in the store, with its place in the queue.
final class JobRecord {
    private(set) var job: Job
    /// The token of the last lease, also after its end.
    private(set) var lockToken: LockToken?
    private var unknown: JSONText?
    /// The queue of the job's type, which exists as long as the type has jobs.
    ///
    /// The reference is unowned, because the trees of the queue hold the record: a strong one would
    /// be a retain cycle.
    unowned let queue: TypeQueue
    /// The place of the job in the queue.
    var place = Place.nowhere
    /// Whether the job is in the tree of references.
    var isReferenced = false

    enum Place: Equatable {
        /// The job is completed, or a claim has found it expired.
        case nowhere
        /// The job was delayed or leased when it was put there.
        case waiting
        case ready
        /// The job is ready, but a claim has found its group full.
        case aside
    }

    init(_ stored: StoredJob, queue: TypeQueue) {
        job = stored.job
        lockToken = stored.lockToken
        unknown = stored.unknown
        self.queue = queue
    }

    /// The part of the record that a durable store keeps. To set it, the job must be in no queue.
    var stored: StoredJob {
        get { StoredJob(job: job, lockToken: lockToken, unknown: unknown) }
        set {
            job = newValue.job
            lockToken = newValue.lockToken
            unknown = newValue.unknown
        }
    }

    /// The time from which the job can be claimed by type, in the future or in the past.
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

/// The place of a waiting or ready job: higher priority, then earlier availability, then id. These
/// fields must not change while the entry is in a tree.
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

/// The place of an unfinished job among those of its type, by reference.
struct ReferenceEntry: Comparable {
    /// The hash of the bytes of the reference, which is shorter than the text. No caller uses its
    /// order.
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
