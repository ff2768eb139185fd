/// What became of a job, and what was before, so that it can be written down and taken back.
package enum StoredChange {
    case added(StoredJob)
    case changed(from: StoredJob, to: StoredJob)
    case removed(StoredJob)
    /// There are no jobs any more; these were there.
    case cleared(MemoryJobs)
}
