import Jobs

/// A change of one job in the database's terms.
extension JobChange {
    /// The pipeline that makes the change, if the token is the last lease's.
    var pipeline: BSONLiteral { Pipelines.of(act, lockToken) }

    /// Whether the change can be one of many in an update. Tokens are compared with all jobs of
    /// that: only those go in that fit their own. And an id that may be one of two in the database
    /// cannot be listed.
    var canGoTogether: Bool {
        guard case .value = id.bson else { return false }
        return lockToken.map { ClaimTokens.isToken($0, of: id) } ?? true
    }

    /// Whether the pipeline may change a job that is like this.
    func mayChange(_ found: JobDocument) -> Bool {
        let isLeased = found.job.started != nil || found.job.lockedUntil != nil
        guard found.job.completed == nil, isLeased || act == .complete else { return false }
        return !isFenced(by: found.lockToken)
    }

    /// What to answer where the job is like this afterwards.
    func result(_ found: JobDocument?) -> Result<JobDocument?, JobsError> {
        guard let found else { return .success(nil) }
        return isFenced(by: found.lockToken) ? .failure(.lockLost(id)) : .success(found)
    }
}

extension Act {
    /// Whether what became of the job can be told only by the command that changes it: the next
    /// worker may have a job that was given back before it is read again.
    var needsOwnCommand: Bool {
        switch self {
        case .abort: true
        case .extend, .complete, .release: false
        }
    }
}

extension [JobChange] {
    /// The places of those that make a difference where a later change of a lease undoes an earlier
    /// one: for each job the last without a token, and behind that the last with each token.
    ///
    /// Of several tokens one at most is the lease's. So those without a token may all go first.
    var lasting: [Int] {
        var seen: [JobID: Set<LockToken>] = [:]
        var closed: Set<JobID> = []
        var places: [Int] = []
        for (place, change) in enumerated().reversed() where !closed.contains(change.id) {
            if let token = change.lockToken {
                guard seen[change.id, default: []].insert(token).inserted else { continue }
            } else {
                closed.insert(change.id)
            }
            places.append(place)
        }
        return places.reversed()
    }
}

extension [Result<JobDocument?, JobsError>] {
    var jobs: [Result<Job?, JobsError>] { map { $0.map { $0?.job } } }
}
