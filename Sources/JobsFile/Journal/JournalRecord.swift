import JSON
import Jobs
import JobsMemory

/// One record of the journal: the new state of a job, or information about the files.
///
/// A record holds the state of a job, not the operation, so applying all records again, in order,
/// is idempotent. For this reason a snapshot can be written while jobs change.
enum JournalRecord {
    /// The first record of each segment.
    case head(SegmentHead)
    /// A job with all its fields.
    case job(StoredJob)
    /// The fields of a job that can change.
    case lease(JobLease)
    case removed(JobID)
    case cleared
    /// A record beside the jobs.
    case record(StoredRecord)
    /// The snapshot that contains all changes before this segment; `nil` if there is no snapshot.
    case snapshot(SnapshotIdentity?)

    init(_ json: JSONValue) throws(Unreadable) {
        guard let (name, value) = json.members.first else { throw Unreadable("is empty") }
        switch name {
        case "head": self = .head(try SegmentHead(value))
        case "job": self = .job(try StoredJob(value))
        case "lease": self = .lease(try JobLease(value))
        case "removed": self = .removed(JobID(try required(value.string, name)))
        case "cleared": self = .cleared
        case "record": self = .record(try StoredRecord(value))
        case "snapshot":
            self = .snapshot(value.kind == .null ? nil : try SnapshotIdentity(value))
        default: throw Unreadable("is of the unknown kind \(name)")
        }
    }
}

/// The fields of a job that can change.
struct JobLease {
    var id: JobID
    var started: Timestamp?
    var lockedUntil: Timestamp?
    var completed: Timestamp?
    var retries: Int
    var delayedUntil: Timestamp?
    var lockToken: LockToken?
    /// A job with the fields that only some jobs have; its other fields have no meaning.
    var extras: Job

    init(_ stored: StoredJob) {
        id = stored.job.id
        started = stored.job.started
        lockedUntil = stored.job.lockedUntil
        completed = stored.job.completed
        retries = stored.job.retries
        delayedUntil = stored.job.delayedUntil
        lockToken = stored.lockToken
        extras = stored.job
    }

    init(_ json: JSONValue) throws(Unreadable) {
        id = JobID(try required(json["id"]?.string, "id"))
        started = try json.date("started")
        lockedUntil = try json.date("locked_until")
        completed = try json.date("completed")
        retries = try required(json.count("retries"), "retries")
        delayedUntil = try json.date("delayed_until")
        lockToken = try json.lockToken()
        extras = Job(id: id, type: "", refID: "", created: Timestamp(milliseconds: 0))
        do {
            try extras.readExtras(json, StoredJob.reading)
        } catch {
            throw Unreadable(lacking: error.name)
        }
    }

    func apply(to stored: StoredJob) -> StoredJob {
        var stored = stored
        stored.job.started = started
        stored.job.lockedUntil = lockedUntil
        stored.job.completed = completed
        stored.job.retries = retries
        stored.job.delayedUntil = delayedUntil
        stored.lockToken = lockToken
        stored.job.takeExtras(of: extras)
        return stored
    }
}

/// The identity of a segment of the journal.
struct SegmentHead: Equatable {
    static let currentVersion: Int64 = 1

    var generation: Int64
    /// The number of valid bytes in the previous segment.
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

/// The identity of a snapshot in the journal.
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
