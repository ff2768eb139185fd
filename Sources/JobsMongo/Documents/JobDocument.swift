import BSON
import JSON
import Jobs

/// A document of the collection: the ten fields that older services know, with their names on the
/// wire, and the fields of this service.
///
/// - `available_at`: When the job can be claimed next. It is missing if no claim can get the job.
/// - `leased`: True while `available_at` is the end of a lease; else missing.
/// - `parked_at`: The former `available_at` of a job whose attempts have reached the limit of a
///   claim.
/// - `priority`: It is missing only in documents of older services that are not adopted yet.
/// - `delayed_until`, `params_json` (instead of `params`): Present only if necessary.
/// - `lock_token`: The fencing token. `lock_retries` is the value of `retries` at its creation.
/// - `returned`: The type of a job that was given back and not started since, for ``JobsNews``.
/// - `lapsed`: True if the previous lease had lapsed when the job was started last.
/// - `last_started`: When the last lease of a completed job began.
/// - `unique_key`: The type and reference of an unfinished job that was added as unique.
/// - `unique`: True if the job was added as unique and its key is free, so that a replay takes it
///   again.
/// - `request`: The request id of the add. `claim_request`: That of the claim that has started the
///   job last, and the number of the job among those of the claim.
/// - `outcome`: The keys of a failed or cancelled job in an index, see ``OutcomeKey``. The other
///   fields decide.
/// - `slot`: The places that the lease takes, if the type has limits, see ``Slot``; also after its
///   end.
/// - `counted_at`: When the job was started last, if the start counts for the limit of its type.
/// - `error_group`: The group of errors that the job is in until it is completed, cancelled or
///   replayed: the `key`, and `at`, the time of its last failure.
/// - Other fields that only some jobs have, with their names on the wire; JSON as `progress_json`
///   and so on if necessary. `hides_traceparent`: True if `traceparent` comes from a header.
struct JobDocument {
    var job: Job
    /// The token of the last lease, also after its end; `nil` if an older service made the lease.
    var lockToken: LockToken?
    /// The field `lapsed`, see above. An older service does not maintain these fields.
    var hasLapsed = false
    var lastStarted: Timestamp?
    /// The field `counted_at`, see above.
    var countedAt: Timestamp?
    var isParked = false
    var isAvailable = false
    /// Whether the command that has returned the document made its change; `nil` if that is not
    /// known.
    var wasChanged: Bool?

    /// Creates a value from a document of this service, or of an older one, which has fewer fields.
    ///
    /// A field that is missing or has an unexpected type counts as null, so that one odd document
    /// does not make the others unreadable. Dates may be strings, as one of the older services
    /// wrote them.
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
            case "counted_at": countedAt = value.moment
            case "parked_at": isParked = true
            case "available_at": isAvailable = true
            case "leased", "returned", "slot": break
            default: job.readExtra(element.key, value)
            }
        }
        if lockRetries != Int64(job.retries) { lockToken = nil }
    }

    /// The document as the result of a further change that has no effect.
    var returnedAgain: JobDocument {
        var document = self
        document.wasChanged = wasChanged.map { _ in false }
        return document
    }

    /// The maximum size of a document on the server, in bytes.
    static let maximumBytes = 16 << 20
    /// The space that a new document leaves for the fields of later changes, in bytes.
    fileprivate static let spareBytes = 16 << 10

    static let tooLarge = "The job is too large: a document of the database ends at 16 MiB"

    /// Creates the document of a new job.
    ///
    /// - Throws: ``JobsError/refused(reason:)`` if the document would be too large.
    static func new(_ job: Job) throws(JobsError) -> BSONDocument {
        try BSONDocument(capacity: capacity(for: job)) { document throws(JobsError) in
            try document.append(new: job)
        }
    }

    /// The approximate size of the document of a new job, in bytes.
    static func capacity(for job: Job) -> Int { 512 + (job.params?.bytes.count ?? 0) * 5 / 4 }
}

extension BSONBuilder {
    /// Appends the fields of a new job.
    ///
    /// - Throws: ``JobsError/refused(reason:)`` if the document would be too large.
    mutating func append(new job: Job) throws(JobsError) {
        // Starts and unique jobs store the type and the reference again.
        let names = (job.type.utf8.count + job.refID.utf8.count) * 3
        let room = JobDocument.maximumBytes - JobDocument.spareBytes - names
        guard room > 0 else { throw .refused(reason: JobDocument.tooLarge) }
        append("_id", job.id.description)
        append("type", job.type)
        append("ref_id", job.refID)
        do {
            try append(params: job.params, maximumBytes: room)
        } catch {
            throw .refused(reason: JobDocument.tooLarge)
        }
        append("created", job.created.bson)
        append("started", BSONNull())
        append("locked_until", BSONNull())
        append("execute_until", job.executeUntil?.bson)
        append("completed", BSONNull())
        append("retries", Int32(0))
        append("priority", Int32(clamping: job.priority))
        if let delayedUntil = job.delayedUntil { append("delayed_until", delayedUntil.bson) }
        append("available_at", job.availableAt().bson)
        if job.hasExtras { append(extrasOf: job) }
    }
}

extension Timestamp {
    var bson: BSONDate { BSONDate(milliseconds: milliseconds) }
}

extension BSONValue {
    /// The number of attempts, with the same conversion as ``Pipelines/starts``.
    var starts: Int64? {
        guard let double else { return integer }
        guard !double.isNaN, double >= -0x1p63 else { return nil }
        return double < 0x1p63 ? Int64(double) : .max
    }

    /// The date, or the date of a string.
    var moment: Timestamp? {
        date.map { Timestamp(milliseconds: $0.milliseconds) }
            ?? string.flatMap { Timestamp(iso8601: $0) }
    }
}
