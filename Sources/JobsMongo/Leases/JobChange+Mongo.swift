import Jobs

/// The translation of a change into commands of the database.
extension JobChange {
    /// The command that makes the change if the token is that of the last lease.
    enum Command {
        /// Sets fields of one job or of many.
        case fields(FieldChange)
        case step(ChangeStep)
    }

    var command: Command {
        switch act {
        case .abort(let delay): .fields(Pipelines.abort(delay: delay))
        case .fail(let failure): .step(Pipelines.fail(lockToken, failure))
        case .cancel: .step(Pipelines.cancel(lockToken))
        case .replay(let replay): .step(Pipelines.replay(lockToken, replay))
        case .settle: .step(Pipelines.settle(lockToken))
        case .extend(let timeout, let progress):
            .fields(Pipelines.extend(timeout: timeout, progress: progress))
        case .complete(let result): .fields(Pipelines.complete(result: result))
        case .release: .fields(Pipelines.release)
        }
    }

    /// Whether the change can share an update with other changes.
    ///
    /// An update compares its token with all its jobs, so the token has to be specific to its job.
    /// An id that may be a string or an object id in the database cannot be in the list of ids.
    var canGoTogether: Bool {
        guard case .value = id.bson else { return false }
        return lockToken.map { ClaimTokens.isToken($0, of: id) } ?? true
    }

    /// Whether the change has the same result if it is made twice, as long as no other change comes
    /// between: the token keeps the second one from a later lease.
    var mayBeMadeAgain: Bool {
        guard lockToken != nil else { return false }
        return switch act {
        case .complete, .extend: true
        // A second one would find the lease of the next worker, and tell that it is lost.
        case .abort, .fail, .cancel, .replay, .release, .settle: false
        }
    }

    /// Whether the command may change a job in this state.
    func mayChange(_ found: JobDocument) -> Bool {
        let job = found.job
        guard !isFenced(by: found.lockToken) else { return false }
        switch act {
        case .replay: return job.completed == nil
        case .settle: return !job.isEnded && job.cancelRequested != nil
        case .complete, .cancel: return !job.isEnded
        case .release where job.claimRequest?.isRepeated == true: return false
        case .extend, .abort, .fail, .release:
            return !job.isEnded && (job.started != nil || job.lockedUntil != nil)
        }
    }

    /// Returns the result of the change, given the document after it.
    func result(_ found: JobDocument?) -> Result<JobDocument?, JobsError> {
        guard let found else { return .success(nil) }
        if found.wasChanged == true { return .success(found) }
        if isFenced(by: found.lockToken) { return .failure(.lockLost(id)) }
        if case .replay = act { return .failure(.notReplayed(id, isKeyTaken: false)) }
        return .success(found)
    }
}

extension Act {
    /// Whether only the command that makes the change can return the result: another worker may
    /// claim a job that was given back before it is read, and a repetition must not be counted.
    var needsOwnCommand: Bool {
        switch self {
        case .abort, .fail, .cancel, .replay, .settle: true
        case .extend, .complete, .release: false
        }
    }

    /// Whether the act may return the job to its place in the claim index.
    var givesBack: Bool {
        switch self {
        case .abort, .release, .fail, .replay: true
        case .extend, .complete, .cancel, .settle: false
        }
    }

    /// The change of many jobs at once.
    var fields: FieldChange {
        switch JobChange(JobID(""), self).command {
        case .fields(let fields): fields
        case .step: preconditionFailure("\(name) needs a command of its own")
        }
    }

    /// The event of a change that only the store can tell from a repetition.
    ///
    /// - Parameter since: The time before the command, for acts whose command does not tell.
    func event(_ found: JobDocument, since: Timestamp) -> JobEvent? {
        guard let event = JobEvent(end: self, found.job, started: found.lastStarted) else {
            return nil
        }
        let date: Timestamp? =
            switch event {
            case .completed: found.job.completed
            case .cancelled: found.job.cancelled
            default: nil
            }
        return found.wasChanged ?? (date.map { $0 >= since } ?? false) ? event : nil
    }

    /// Whether the act brings JSON that a later act of the same kind does not replace.
    fileprivate var bringsJSON: Bool {
        switch self {
        case .extend(_, let progress): progress != nil
        case .complete(let result): result != nil
        case .abort, .release, .fail, .cancel, .replay, .settle: false
        }
    }
}

extension [JobChange] {
    /// The indices of the changes that have an effect, if a later change of a lease overrides an
    /// earlier one: for each job the last one without a token, and after it the last one with each
    /// token.
    ///
    /// At most one of several tokens is that of the lease. So the changes without a token can all
    /// be made first. The jobs in `apart` have no changes that override others.
    func lasting(except apart: Set<JobID>) -> [Int] {
        var seen: [JobID: Set<LockToken>] = [:]
        var closed: Set<JobID> = []
        var places: [Int] = []
        for (place, change) in enumerated().reversed() where !closed.contains(change.id) {
            if apart.contains(change.id) {
                places.append(place)
                continue
            }
            if let token = change.lockToken {
                guard seen[change.id, default: []].insert(token).inserted else { continue }
            } else {
                closed.insert(change.id)
            }
            places.append(place)
        }
        return places.reversed()
    }

    /// The jobs with several changes, of which one brings JSON: the last progress and the first
    /// result count, so each of the changes is made.
    var ofJobsWithJSON: Set<JobID> {
        guard contains(where: \.act.bringsJSON) else { return [] }
        var seen: Set<JobID> = []
        let repeated = Set(map(\.id).filter { !seen.insert($0).inserted })
        return repeated.intersection(filter(\.act.bringsJSON).map(\.id))
    }
}
