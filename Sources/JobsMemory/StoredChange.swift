/// A change of a job with its state before and after, so that it can be written and taken back.
package enum StoredChange {
    case added(StoredJob)
    case changed(from: StoredJob, to: StoredJob)
    case removed(StoredJob)
    /// All jobs were removed. The value holds the removed jobs.
    case cleared(MemoryJobs)
}
