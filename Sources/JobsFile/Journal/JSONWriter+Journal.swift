import JSON
import Jobs
import JobsMemory

extension JSONWriter {
    mutating func record(_ change: StoredChange) {
        switch change {
        case .added(let job): record(.job(job))
        case .changed(let before, let after):
            let lease = JobLease(after)
            record(lease.apply(to: before) == after ? .lease(lease) : .job(after))
        case .removed(let job): record(.removed(job.job.id))
        case .cleared: record(.cleared)
        case .record(let stored, _): record(.record(stored))
        }
    }

    mutating func record(_ record: JournalRecord) {
        beginObject()
        switch record {
        case .head(let head):
            key("head")
            beginObject()
            key("version")
            integer(SegmentHead.currentVersion)
            key("generation")
            integer(head.generation)
            key("previous_length")
            integer(head.previousLength)
            endObject()
        case .job(let job):
            key("job")
            stored(job)
        case .lease(let change):
            key("lease")
            lease(change)
        case .removed(let id):
            key("removed")
            string(id.description)
        case .cleared:
            key("cleared")
            boolean(true)
        case .record(let stored):
            key("record")
            self.record(stored)
        case .snapshot(let identity):
            key("snapshot")
            if let identity { snapshot(identity) } else { null() }
        }
        endObject()
    }

    private mutating func lease(_ lease: JobLease) {
        beginObject()
        id(lease.id)
        key("started")
        date(lease.started)
        key("locked_until")
        date(lease.lockedUntil)
        key("completed")
        date(lease.completed)
        key("retries")
        integer(lease.retries)
        if let delayedUntil = lease.delayedUntil {
            key("delayed_until")
            date(delayedUntil)
        }
        if let token = lease.lockToken { lockToken(token) }
        if lease.extras.hasExtras { extras(of: lease.extras) }
        endObject()
    }

    private mutating func snapshot(_ identity: SnapshotIdentity) {
        beginObject()
        key("length")
        integer(identity.length)
        key("crc32c")
        integer(identity.checksum)
        endObject()
    }
}
