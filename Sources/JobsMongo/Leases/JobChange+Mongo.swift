import Jobs

/// The translation of a change into commands of the database.
extension JobChange {
    /// The pipeline that makes the change if the token is that of the last lease.
    var pipeline: BSONLiteral { Pipelines.of(act, lockToken) }

    /// Whether the change can share an update with other changes.
    ///
    /// An update compares its token with all its jobs, so the token has to be specific to its job.
    /// An id that may be a string or an object id in the database cannot be in the list of ids.
    var canGoTogether: Bool {
        guard case .value = id.bson else { return false }
        return lockToken.map { ClaimTokens.isToken($0, of: id) } ?? true
    }

    /// Whether the pipeline may change a job in this state.
    func mayChange(_ found: JobDocument) -> Bool {
        let isLeased = found.job.started != nil || found.job.lockedUntil != nil
        guard found.job.completed == nil, isLeased || act == .complete else { return false }
        return !isFenced(by: found.lockToken)
    }

    /// Returns the result of the change, given the document after it.
    func result(_ found: JobDocument?) -> Result<JobDocument?, JobsError> {
        guard let found else { return .success(nil) }
        return isFenced(by: found.lockToken) ? .failure(.lockLost(id)) : .success(found)
    }
}

extension Act {
    /// Whether only the command that makes the change can return the result: another worker may
    /// claim a job that was given back before it is read.
    var needsOwnCommand: Bool {
        switch self {
        case .abort: true
        case .extend, .complete, .release, .fail, .cancel, .replay, .settle: false
        }
    }
}

extension Act {
    /// Whether the act returns the job to its place in the claim index.
    var givesBack: Bool {
        switch self {
        case .abort, .release: true
        case .extend, .complete, .fail, .cancel, .replay, .settle: false
        }
    }
}

extension [JobChange] {
    /// The indices of the changes that have an effect, if a later change of a lease overrides an
    /// earlier one: for each job the last one without a token, and after it the last one with each
    /// token.
    ///
    /// At most one of several tokens is that of the lease. So the changes without a token can all
    /// be made first.
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
