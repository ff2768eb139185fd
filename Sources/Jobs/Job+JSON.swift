public import JSON

extension JSONWriter {
    /// A job as every client knows it: the ten fields, and what else the caller asked for.
    /// - Parameters:
    ///   - lockToken: shown only to whom the job was just handed out.
    ///   - stateName: shown only to who asked for details.
    public mutating func job(
        _ job: Job, lockToken: LockToken? = nil, stateName: String? = nil
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
        beginObject()
        key("data")
        beginArray()
        for job in page.jobs { self.job(job, stateName: stateName(job)) }
        endArray()
        key("total")
        if let total = page.total { integer(total) } else { null() }
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
