import JSON
import Jobs
import JobsMemory

/// One line of the journal: what became of a job, or something about the files.
///
/// Records say how a job is, not what was done to it, so that to read them again, in order to the
/// end, changes nothing. That is what lets a snapshot be written while jobs change.
enum JournalRecord {
    /// The first of each segment.
    case head(SegmentHead)
    /// A job, whole.
    case job(StoredJob)
    /// What can change in a job's life.
    case lease(JobLease)
    case removed(JobID)
    case cleared
    /// A snapshot that holds all that happened before this segment; nil: that there is none.
    case snapshot(SnapshotIdentity?)

    init(_ json: JSONValue) throws(Unreadable) {
        guard let (name, value) = json.members.first else { throw Unreadable("is empty") }
        switch name {
        case "head": self = .head(try SegmentHead(value))
        case "job": self = .job(try StoredJob(value))
        case "lease": self = .lease(try JobLease(value))
        case "removed": self = .removed(JobID(try required(value.string, name)))
        case "cleared": self = .cleared
        case "snapshot":
            self = .snapshot(value.kind == .null ? nil : try SnapshotIdentity(value))
        default: throw Unreadable("is of the unknown kind \(name)")
        }
    }
}

/// The part of a job that changes.
struct JobLease {
    var id: JobID
    var started: Timestamp?
    var lockedUntil: Timestamp?
    var completed: Timestamp?
    var retries: Int
    var delayedUntil: Timestamp?
    var lockToken: LockToken?

    init(_ stored: StoredJob) {
        id = stored.job.id
        started = stored.job.started
        lockedUntil = stored.job.lockedUntil
        completed = stored.job.completed
        retries = stored.job.retries
        delayedUntil = stored.job.delayedUntil
        lockToken = stored.lockToken
    }

    init(_ json: JSONValue) throws(Unreadable) {
        id = JobID(try required(json["id"]?.string, "id"))
        started = try json.date("started")
        lockedUntil = try json.date("locked_until")
        completed = try json.date("completed")
        retries = try required(json.count("retries"), "retries")
        delayedUntil = try json.date("delayed_until")
        lockToken = try json.lockToken()
    }

    func apply(to stored: StoredJob) -> StoredJob {
        var stored = stored
        stored.job.started = started
        stored.job.lockedUntil = lockedUntil
        stored.job.completed = completed
        stored.job.retries = retries
        stored.job.delayedUntil = delayedUntil
        stored.lockToken = lockToken
        return stored
    }
}

/// By what a file of the journal is known.
struct SegmentHead: Equatable {
    static let currentVersion: Int64 = 1

    var generation: Int64
    /// How many bytes of the segment before it count.
    var previousLength: Int64

    init(generation: Int64, previousLength: Int64) {
        self.generation = generation
        self.previousLength = previousLength
    }

    init(_ json: JSONValue) throws(Unreadable) {
        let version = try required(json["version"]?.integer, "version")
        guard version == Self.currentVersion else { throw Unreadable("is of version \(version)") }
        generation = try required(json["generation"]?.integer, "generation")
        previousLength = try required(json["previous_length"]?.integer, "previous_length")
    }
}

/// By what a snapshot is known to the journal.
struct SnapshotIdentity: Equatable {
    var length: Int64
    var checksum: UInt32

    init(length: Int64, checksum: UInt32) {
        self.length = length
        self.checksum = checksum
    }

    init(_ json: JSONValue) throws(Unreadable) {
        length = try required(json["length"]?.integer, "length")
        let checksum = json["crc32c"]?.integer.flatMap(UInt32.init(exactly:))
        self.checksum = try required(checksum, "crc32c")
    }
}
