import Jobs

/// The jobs of one type that were added or started with a request id. Other jobs cost nothing.
final class RequestIndex {
    /// The job that an add with the id has added.
    private var adds: [ExactText: JobRecord] = [:]
    /// The jobs that a claim with the id has started, by the slot.
    private var claims: [ExactText: [Int: JobRecord]] = [:]

    /// Returns the job that an add with the id has added.
    func added(_ id: ExactText) -> JobRecord? { adds[id] }

    /// Returns the jobs that a claim with the id has started, in the order in which it got them;
    /// `nil` if it was not served.
    func claimed(_ id: ExactText) -> [JobRecord]? {
        claims[id].map { $0.sorted { $0.key < $1.key }.map(\.value) }
    }

    func insert(_ record: JobRecord) {
        guard record.job.hasExtras else { return }
        if let id = record.job.requestID { adds[ExactText(id)] = record }
        insertClaim(record)
    }

    func remove(_ record: JobRecord) {
        guard record.job.hasExtras else { return }
        // A file may have several jobs with one id, of which the index has one.
        if let id = record.job.requestID.map({ ExactText($0) }), adds[id] === record {
            adds[id] = nil
        }
        removeClaim(record)
    }

    /// Changes a job, and keeps its place. The request of its add does not change.
    func change(_ record: JobRecord, _ body: (JobRecord) -> Void) {
        removeClaim(record)
        body(record)
        insertClaim(record)
    }

    private func insertClaim(_ record: JobRecord) {
        guard let request = record.job.claimRequest else { return }
        claims[request.id, default: [:]][request.slot] = record
    }

    private func removeClaim(_ record: JobRecord) {
        guard let request = record.job.claimRequest,
            claims[request.id]?[request.slot] === record
        else { return }
        claims[request.id]?[request.slot] = nil
        if claims[request.id]?.isEmpty == true { claims[request.id] = nil }
    }
}

extension JobRecord {
    /// The job with its token, if it is still under the lease of its last start.
    func started(at now: Timestamp) -> StartedJob? {
        guard job.isUnderLease(at: now) else { return nil }
        return lockToken.map { StartedJob(job: job, lockToken: $0, isRepeated: true) }
    }
}
