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
        change.act.write(to: &self)
    }

    mutating func members(of request: ReplayRequest) {
        if let ids = request.ids {
            key("job_ids")
            beginArray()
            for id in ids { string(id.description) }
            endArray()
        }
        if let filter = request.filter {
            key("filter")
            self.filter(filter)
        }
        if request.maxJobs != ReplayRequest.maximumJobs {
            key("max_jobs")
            integer(request.maxJobs)
        }
        optional("delay", request.replay.delay)
        optional("ttl", request.replay.ttl)
        if request.isDryRun {
            key("dry_run")
            boolean(true)
        }
    }

    mutating func worker(_ name: String?) {
        guard let name else { return }
        key("worker")
        string(name)
    }

    private mutating func optional(_ name: StaticString, _ number: Int64?) {
        guard let number else { return }
        key(name)
        integer(number)
    }

    /// Requests the state and the attempts of each job.
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
        if claim.alternatives.isEmpty {
            key("type")
            string(claim.type)
        } else {
            key("types")
            beginArray()
            for type in claim.types { string(type) }
            endArray()
        }
        timeout(claim.timeout)
        if let maxRetries = claim.maxRetries {
            key("max_retries")
            integer(maxRetries)
        }
        if waitTimeout > .zero {
            key("wait_timeout")
            integer(waitTimeout.milliseconds)
        }
        worker(claim.worker)
        if let requestID = claim.requestID {
            key("request_id")
            string(requestID)
        }
    }

    mutating func filter(_ filter: JobFilter) {
        beginObject()
        members(JobFilter.fields, of: filter)
        endObject()
    }

    mutating func paging(_ paging: Paging) {
        self.paging(
            skip: paging.skip, take: paging.take, wantsTotal: paging.wantsTotal,
            after: paging.after?.description, isDescending: paging.isDescending)
    }

    /// Appends the part of a list to return, whose elements have any kind of id.
    mutating func paging(
        skip: Int, take: Int?, wantsTotal: Bool, after: String?, isDescending: Bool
    ) {
        beginObject()
        if skip > 0 {
            key("skip")
            integer(skip)
        }
        if let take {
            key("take")
            integer(take)
        }
        if wantsTotal {
            key("total")
            boolean(true)
        }
        if let after {
            key("after")
            string(after)
        }
        if isDescending {
            key("order")
            string("desc")
        }
        endObject()
    }
}
