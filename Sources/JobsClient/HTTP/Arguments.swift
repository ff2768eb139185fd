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
        members(NewJob.fields, of: job)
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
        case .extend(let milliseconds, _): timeout(milliseconds)
        case .abort(let delay?):
            key("delay")
            integer(delay)
        case .abort(nil), .complete, .release, .fail, .cancel, .replay, .settle: break
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
        members(JobFilter.fields, of: filter)
        endObject()
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
