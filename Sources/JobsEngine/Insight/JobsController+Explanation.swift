public import Jobs

extension JobsController {
    /// Says why a job is not running, or which worker holds it.
    ///
    /// The answer is right at one moment of the call, except that the numbers of other jobs change
    /// while they are counted.
    ///
    /// - Returns: `nil` if no job has this id.
    public func explain(_ id: JobID) async throws -> JobExplanation? {
        guard let job = try await get(id) else { return nil }
        var found = JobCircumstances(
            job: job, now: try await persistence.now(), maxRetries: options.maxRetries)
        guard found.state == .ready else { return found.explanation }
        try await find(&found)
        return found.explanation
    }

    /// Finds out what keeps a ready job from being claimed, and stops at the first reason.
    private func find(_ found: inout JobCircumstances) async throws {
        found.settings = try await settings(of: found.job.type)
        found.pauseOfAllTypes = try await settings(of: TypePause.allTypes).pause
        guard found.code != .paused else { return }
        if found.settings.maxRunning != nil {
            found.running = try await countRunning(found.job.type)
            guard found.code != .typeLimit else { return }
        }
        if let rate = found.settings.maxStarts {
            let times = try await persistence.recentStarts(of: found.job.type)
            found.starts = RecentStarts(
                count: rate.count - times.room(rate, at: found.now),
                roomAt: times.nextRoom(rate, at: found.now))
            guard found.code != .rateLimit else { return }
        }
        if found.settings.maxRunningPerGroup != nil, let group = found.group {
            found.runningInGroup = try await countRunning(found.job.type, group: group)
            guard found.code != .groupLimit else { return }
        }
        found.ahead = try await persistence.countAhead(
            of: found.job, maxRetries: options.maxRetries, limit: JobCircumstances.aheadLimit)
        found.claims = try await claims(of: found.job.type, at: found.now)
        guard found.code == .noWorkers else { return }
        // The claims of other instances become known after a while, their leases at once.
        if let start = try await lastStart(of: found.job.type, at: found.now) {
            found.claims.last = max(found.claims.last ?? start, start)
        }
    }

    private func claims(of type: String, at now: Timestamp) async throws -> TypeClaims {
        let report = try await persistence.claimReport(at: now)
        let seen = report.types[ExactText(type)]
        return TypeClaims(
            waiting: seen?.waiting ?? 0, last: seen?.lastClaim, notedSince: report.since)
    }

    /// Counts live leases, without reading jobs.
    private func countRunning(_ type: String, group: String? = nil) async throws -> Int {
        var filter = Self.running(type)
        filter.group = group
        let page = try await persistence.list(filter, Paging(take: -1, wantsTotal: true))
        return page.total ?? 0
    }

    /// Returns when one of the running jobs of the type was started, if any was lately.
    private func lastStart(of type: String, at now: Timestamp) async throws -> Timestamp? {
        var filter = Self.running(type)
        filter.started.from = now.advanced(by: -JobCircumstances.patience)
        let page = try await persistence.list(
            filter, Paging(take: 1, maxBytes: 1, isDescending: true))
        return page.jobs.first?.started
    }

    private static func running(_ type: String) -> JobFilter {
        var filter = JobFilter()
        filter.type = type
        filter.state = .running
        return filter
    }
}
