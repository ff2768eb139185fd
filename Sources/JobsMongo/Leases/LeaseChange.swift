import Jobs

/// A change of one lease, by a pipeline that asks for a token if one was shown.
struct LeaseChange: Sendable {
    let lease: LeaseReference
    /// What else tells changes apart that cannot be made by one pipeline.
    var timeout: Int64?
    /// Whether it leaves a job as it is that has no lease.
    var needsLease = true
    let pipeline: @Sendable (LockToken?) -> BSONLiteral

    /// Whether the change can be one of many in an update. Tokens are compared with all jobs of that: only
    /// those go in that fit their own. And an id that may be one of two in the database cannot be listed.
    var canGoTogether: Bool {
        guard case .value = lease.id.bson else { return false }
        return lease.lockToken.map { ClaimTokens.isToken($0, of: lease.id) } ?? true
    }

    /// Whether the pipeline may change a job that is like this.
    func mayChange(_ found: JobDocument) -> Bool {
        let isLeased = found.job.started != nil || found.job.lockedUntil != nil
        guard found.job.completed == nil, isLeased || !needsLease else { return false }
        return lease.lockToken == nil || lease.lockToken == found.lockToken
    }

    /// What to answer for a lease whose job is like this afterwards.
    func result(_ found: JobDocument?) -> Result<JobDocument?, JobsError> {
        guard let found else { return .success(nil) }
        if let shown = lease.lockToken, shown != found.lockToken {
            return .failure(.lockLost(lease.id))
        }
        return .success(found)
    }
}

extension [LeaseChange] {
    /// The places of those that make a difference where a later change of a lease undoes an earlier
    /// one: for each job the last without a token, and behind that the last with each token.
    ///
    /// Of several tokens one at most is the lease's. So those without a token may all go first.
    var lasting: [Int] {
        var seen: [JobID: Set<LockToken>] = [:]
        var closed: Set<JobID> = []
        var places: [Int] = []
        for (place, change) in enumerated().reversed() where !closed.contains(change.lease.id) {
            if let token = change.lease.lockToken {
                guard seen[change.lease.id, default: []].insert(token).inserted else { continue }
            } else {
                closed.insert(change.lease.id)
            }
            places.append(place)
        }
        return places.reversed()
    }
}

extension [Result<JobDocument?, JobsError>] {
    var jobs: [Result<Job?, JobsError>] { map { $0.map { $0?.job } } }
}
