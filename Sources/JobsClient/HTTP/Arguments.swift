import NIOCore

/// The arguments of calls as JSON. An argument that is not set is not sent, so that a service that
/// does not know it accepts the call.
extension JSONWriter {
    /// Returns the body of a request.
    static func arguments(_ write: (inout JSONWriter) -> Void) -> ByteBuffer {
        var json = JSONWriter(capacity: 256)
        json.beginObject()
        write(&json)
        json.endObject()
        return json.buffer
    }

    mutating func newJob(_ job: NewJob) {
        beginObject()
        key("type")
        string(job.type)
        key("ref_id")
        string(job.refID)
        key("ttl")
        integer(job.ttl)
        if let params = job.params {
            key("params")
            text(params)
        }
        if job.priority != 0 {
            key("priority")
            integer(job.priority)
        }
        if let delay = job.delay {
            key("delay")
            integer(delay)
        }
        endObject()
    }

    mutating func jobID(_ id: JobID) {
        key("job_id")
        string(id.description)
    }

    mutating func members(of change: JobChange) {
        jobID(change.id)
        if let token = change.lockToken {
            key("lock_token")
            string(token.description)
        }
        switch change.act {
        case .extend(let milliseconds): timeout(milliseconds)
        case .abort(let delay?):
            key("delay")
            integer(delay)
        case .abort(nil), .complete, .release: break
        }
    }

    /// Requests the state of each job.
    mutating func details() {
        key("details")
        boolean(true)
    }

    mutating func timeout(_ milliseconds: Int64) {
        key("timeout")
        integer(milliseconds)
    }

    /// The common arguments of both operations that start jobs by type.
    mutating func claim(_ claim: Claim, waitTimeout: Duration) {
        key("type")
        string(claim.type)
        timeout(claim.timeout)
        if let maxRetries = claim.maxRetries {
            key("max_retries")
            integer(maxRetries)
        }
        if waitTimeout > .zero {
            key("wait_timeout")
            integer(waitTimeout.milliseconds)
        }
    }

    mutating func filter(_ filter: JobFilter) {
        beginObject()
        if let id = filter.id { member("id", id.description) }
        if let type = filter.type { member("type", type) }
        if let refID = filter.refID { member("ref_id", refID) }
        condition(filter.created, "created", from: "created_from", to: "created_to")
        condition(filter.started, "started", from: "started_from", to: "started_to")
        condition(filter.lockedUntil, "locked_until", from: "locked_from", to: "locked_to")
        condition(filter.executeUntil, "execute_until", from: "execute_from", to: "execute_to")
        condition(filter.completed, "completed", from: "completed_from", to: "completed_to")
        if let retries = filter.retries {
            key("retries")
            integer(retries)
        }
        if let retries = filter.minRetries {
            key("min_retries")
            integer(retries)
        }
        endObject()
    }

    private mutating func condition(
        _ condition: DateCondition, _ equal: StaticString, from: StaticString, to: StaticString
    ) {
        if let date = condition.equal { member(equal, date.description) }
        if let date = condition.from { member(from, date.description) }
        if let date = condition.to { member(to, date.description) }
    }

    private mutating func member(_ name: StaticString, _ value: String) {
        key(name)
        string(value)
    }

    mutating func paging(_ paging: Paging) {
        beginObject()
        if paging.skip > 0 {
            key("skip")
            integer(paging.skip)
        }
        if let take = paging.take {
            key("take")
            integer(take)
        }
        if paging.wantsTotal {
            key("total")
            boolean(true)
        }
        endObject()
    }
}
