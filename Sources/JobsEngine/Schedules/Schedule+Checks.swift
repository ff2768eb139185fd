import JSON
package import Jobs

extension Schedule {
    /// The times at which the schedule fires.
    ///
    /// - Throws: `JobsError.refused` that names the field that cannot be used.
    func times() throws(JobsError) -> ScheduleTimes {
        do {
            return try ScheduleTimes(self, in: ZonedTime(timeZone))
        } catch {
            throw .refused(reason: "\(error)")
        }
    }

    /// - Throws: `JobsError.refused` that names the first field that cannot be used.
    package func check() throws(JobsError) {
        guard !id.isEmpty else { throw .refused(reason: "id must not be empty") }
        try JobsError.check("id", id, characters: Self.maximumIDLength)
        try JobsError.check("cron", cron, characters: Self.maximumCronLength)
        try JobsError.check("time_zone", timeZone, characters: Self.maximumTimeZoneLength)
        _ = try times()
        do {
            try newJob.checkLimits()
        } catch {
            guard case .refused(let reason) = error else { throw error }
            throw .refused(reason: "new_job.\(reason)")
        }
        guard json.bytes.count <= Record.maximumBytes - Self.room else {
            throw .refused(reason: "new_job is too large for a schedule")
        }
    }

    /// The bytes that the history of a schedule adds to its record.
    private static let room = 512

    /// The schedule as callers see it at a time.
    func shown(at now: Timestamp) -> Schedule {
        var schedule = self
        schedule.next = (try? times()).flatMap { next(after: now, $0) }
        return schedule
    }
}
