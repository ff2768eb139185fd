public import JSON

extension JSONWriter {
    /// A job as every client knows it: the ten fields, and what else the caller asked for.
    /// - Parameters:
    ///   - lockToken: shown only to the claim that the job was just handed out to.
    ///   - stateName: shown only to callers that asked for details.
    public mutating func job(
        _ job: Job, lockToken: LockToken? = nil, stateName: String? = nil
    ) {
        self.job(job, lockToken: lockToken, stateName: stateName, unknown: nil)
    }

    /// - Parameter unknown: an object with further members, as a writer has made it.
    package mutating func job(
        _ job: Job, lockToken: LockToken?, stateName: String? = nil, unknown: JSONText?
    ) {
        beginObject()
        id(job.id)
        key("type")
        string(job.type)
        key("ref_id")
        string(job.refID)
        key("params")
        if let params = job.params { text(params) } else { null() }
        key("created")
        date(job.created)
        key("started")
        date(job.started)
        key("locked_until")
        date(job.lockedUntil)
        key("execute_until")
        date(job.executeUntil)
        key("completed")
        date(job.completed)
        key("retries")
        integer(job.retries)
        if job.priority != 0 {
            key("priority")
            integer(job.priority)
        }
        if let delayedUntil = job.delayedUntil {
            key("delayed_until")
            date(delayedUntil)
        }
        if let lockToken { self.lockToken(lockToken) }
        if let stateName {
            key("state")
            string(stateName)
        }
        if let unknown { members(of: unknown) }
        endObject()
    }

    /// A member.
    package mutating func id(_ id: JobID) {
        key("id")
        hex(id.number, or: id)
    }

    /// A member.
    package mutating func lockToken(_ token: LockToken) {
        key("lock_token")
        hex(token.number, or: token)
    }

    /// - Parameter stateName: of a job, if it is to be shown.
    public mutating func page(_ page: JobPage, stateName: (Job) -> String? = { _ in nil }) {
        beginPage()
        for job in page.jobs { self.job(job, stateName: stateName(job)) }
        endPage(total: page.total)
    }

    /// The part of a page that stands in front of its jobs.
    package mutating func beginPage() {
        beginObject()
        key("data")
        beginArray()
    }

    /// The part of a page that stands behind its jobs.
    package mutating func endPage(total: Int?) {
        endArray()
        key("total")
        if let total { integer(total) } else { null() }
        endObject()
    }

    public mutating func date(_ date: Timestamp?) {
        guard let date else { return null() }
        let text = date.iso8601
        string(plain: text.span.bytes)
    }

    /// A number in its digits or, where it is none, the text.
    private mutating func hex(_ number: HexNumber?, or text: some CustomStringConvertible) {
        guard let number else { return string(text.description) }
        let digits = number.digits
        string(plain: digits.span.bytes)
    }
}
