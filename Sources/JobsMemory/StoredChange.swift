package import Jobs

/// A change of a job with its state before and after, so that it can be written and taken back.
package enum StoredChange {
    case added(StoredJob)
    case changed(from: StoredJob, to: StoredJob)
    case removed(StoredJob)
    /// A record was written or removed.
    case record(StoredRecord, before: Record?)
    /// All jobs were removed. The value holds the removed jobs.
    case cleared(MemoryJobs)
}

/// A record beside the jobs, or the key of one that was removed.
package struct StoredRecord: Sendable {
    package var kind: RecordKind
    package var key: String
    /// The record; `nil` if it was removed.
    package var record: Record?

    package init(kind: RecordKind, key: String, record: Record?) {
        self.kind = kind
        self.key = key
        self.record = record
    }
}
