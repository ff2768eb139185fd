import BSON
import JSON
import Jobs

/// A job as the collection has it: the ten fields that the older services know, under their names
/// on the wire, and some of our own.
///
/// - `available_at`: when the job may be claimed next. Missing if nobody can have it any more.
/// - `leased`: true while `available_at` is the end of a lease, else missing.
/// - `parked_at`: what `available_at` was when a claim met a job that was started too often for it.
/// - `priority`: missing only in documents that older services wrote and that are not adopted yet.
/// - `delayed_until`, `params_json` (instead of `params`): only where needed.
/// - `lock_token`, and the `retries` at which it was made as `lock_retries`.
/// - `returned`: the type, of a job that was given back and not started since; for ``JobsNews``.
/// - `lapsed`: true if the last start took the job over from somebody whose lease had run out.
/// - `last_started`: of a completed job, when the lease began under which that was done.
/// - `unique_key`: the type and reference, of an unfinished job that was added as unique.
struct JobDocument {
    var job: Job
    /// Of the last lease, also when that is over; nil if an older service began that.
    var lockToken: LockToken?
    /// See the list above. What an older service did since is not in these.
    var hasLapsed = false
    var lastStarted: Timestamp?
    var isParked = false
    var isAvailable = false

    /// Reads a document of this service, or of the older ones, which lack our own fields.
    ///
    /// What is missing or of a strange type counts as null, so that one odd document does not make
    /// the others unreadable. Dates may be the strings that one of the older services wrote.
    init(_ document: BSONDocument) {
        job = Job(id: JobID(""), type: "", refID: "", created: Timestamp(milliseconds: 0))
        var lockRetries: Int64?
        for element in document {
            let value = element.value
            switch element.key {
            case "_id": job.id = value.jobID
            case "type": job.type = value.string ?? ""
            case "ref_id": job.refID = value.string ?? ""
            case "params": job.params = JSONText(value) ?? job.params
            case "params_json":
                job.params = value.string.flatMap { try? JSONText($0) } ?? job.params
            case "created": job.created = value.moment ?? job.created
            case "started": job.started = value.moment
            case "locked_until": job.lockedUntil = value.moment
            case "execute_until": job.executeUntil = value.moment
            case "completed": job.completed = value.moment
            case "retries": job.retries = value.starts.map { Int($0) } ?? 0
            case "priority": job.priority = value.integer.map { Int($0) } ?? 0
            case "delayed_until": job.delayedUntil = value.moment
            case "lock_token": lockToken = value.string.map { LockToken($0) }
            case "lock_retries": lockRetries = value.starts
            case "lapsed": hasLapsed = value.bool ?? false
            case "last_started": lastStarted = value.moment
            case "parked_at": isParked = true
            case "available_at": isAvailable = true
            default: break
            }
        }
        if lockRetries != Int64(job.retries) { lockToken = nil }
    }

    /// How large a server lets a document be.
    static let maximumBytes = 16 << 20
    /// What a new document leaves free, so that the fields of later changes find room.
    private static let spareBytes = 16 << 10

    static let tooLarge = "The job is too large: a document of the database ends at 16 MiB"

    /// A new job's document.
    ///
    /// `params` that are too large as a BSON value (an array of small numbers has seven times the
    /// bytes of its text) are kept as text.
    /// - Throws: ``JobsError/refused(reason:)`` where the document would be too large.
    static func new(_ job: Job) throws(JobsError) -> BSONDocument {
        // Starts and unique jobs write the type and the reference once more.
        let names = (job.type.utf8.count + job.refID.utf8.count) * 3
        let room = maximumBytes - spareBytes - names
        guard room > 0 else { throw .refused(reason: tooLarge) }
        let params = StoredParams(job.params, maximumBytes: room)
        if case .tooLarge = params { throw .refused(reason: tooLarge) }
        return new(job, params)
    }

    private static func new(_ job: Job, _ params: StoredParams) -> BSONDocument {
        BSONDocument(capacity: 512 + params.bytes) { document in
            document.append("_id", job.id.description)
            document.append("type", job.type)
            document.append("ref_id", job.refID)
            switch params {
            case .value(let value): document.append("params", value)
            case .text(let text): document.append("params_json", text)
            case .tooLarge: break
            }
            document.append("created", job.created.bson)
            document.append("started", BSONNull())
            document.append("locked_until", BSONNull())
            document.append("execute_until", job.executeUntil?.bson)
            document.append("completed", BSONNull())
            document.append("retries", Int32(0))
            document.append("priority", Int32(clamping: job.priority))
            if let delayedUntil = job.delayedUntil {
                document.append("delayed_until", delayedUntil.bson)
            }
            document.append("available_at", job.availableAt().bson)
        }
    }
}

extension Timestamp {
    var bson: BSONDate { BSONDate(milliseconds: milliseconds) }
}

extension BSONValue {
    /// A number of starts, which ``Pipelines/starts`` counts in the same way.
    fileprivate var starts: Int64? {
        guard let double else { return integer }
        guard !double.isNaN, double >= -0x1p63 else { return nil }
        return double < 0x1p63 ? Int64(double) : .max
    }

    /// A date, or a string that says one.
    fileprivate var moment: Timestamp? {
        date.map { Timestamp(milliseconds: $0.milliseconds) }
            ?? string.flatMap { Timestamp(iso8601: $0) }
    }
}
