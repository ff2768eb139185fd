public import Jobs

/// The schedules, which any instance of the service can change at any time.
extension JobsController {
    /// Sets a schedule, in place of the one with the same id.
    ///
    /// The history stays, unless `cron`, `every` or `timeZone` change. Firings that the old one has
    /// missed because it was paused or over are not caught up.
    ///
    /// - Parameter check: Looks at the schedule that is to be replaced, and throws to keep it.
    /// - Returns: The schedule as it is now.
    /// - Throws: `JobsError.refused` that names the field that cannot be used; the error of `check`
    ///   or of the store.
    public func setSchedule(
        _ schedule: Schedule, replacing check: @Sendable (Schedule) throws -> Void = { _ in }
    ) async throws -> Schedule {
        try schedule.check()
        let now = try await persistence.now()
        let record = try await persistence.records.update(.schedule, schedule.id) { value in
            // One that cannot be read is replaced as if it did not exist.
            let old = value.flatMap { Schedule($0, id: schedule.id) }
            if let old { try check(old) }
            return schedule.replacing(old, at: now).json
        }
        scheduleNews.changed(schedule.id)
        let written = record.flatMap { Schedule($0.value, id: schedule.id) } ?? schedule
        return written.shown(at: now)
    }

    /// Returns a page of the schedules, in the order of their ids, compared byte by byte.
    ///
    /// It reads all schedules. Those that cannot be read are left out.
    public func schedules(
        _ paging: Paging = Paging(), where isVisible: @Sendable (Schedule) -> Bool = { _ in true }
    ) async throws -> SchedulePage {
        let all = try await persistence.records.records(of: .schedule)
            .compactMap { Schedule($0.value, id: $0.key) }.filter(isVisible)
        var page = SchedulePage(of: all, paging)
        let now = try await persistence.now()
        page.schedules = page.schedules.map { $0.shown(at: now) }
        return page
    }

    /// Returns a schedule, or `nil` if there is none with this id.
    public func schedule(_ id: String) async throws -> Schedule? {
        guard let (_, schedule) = try await readSchedule(id) else { return nil }
        return schedule.shown(at: try await persistence.now())
    }

    /// Removes a schedule. Its jobs stay.
    ///
    /// - Returns: The schedule before its removal; `nil` if there is none that is visible.
    public func deleteSchedule(
        _ id: String, where isVisible: @Sendable (Schedule) -> Bool = { _ in true }
    ) async throws -> Schedule? {
        for _ in 0..<Self.tries {
            guard let (record, schedule) = try await readSchedule(id), isVisible(schedule) else {
                return nil
            }
            let now = try await persistence.now()
            if try await persistence.records.remove(.schedule, id, over: record.version) {
                scheduleNews.changed(id)
                return schedule.shown(at: now)
            }
        }
        throw JobsError.overloaded
    }

    /// Adds the job of a schedule at once, also if it is paused, is over, or its last job has not
    /// ended. The next firing stays as it is.
    ///
    /// - Returns: The job; `nil` if there is no such schedule that is visible.
    public func runSchedule(
        _ id: String, where isVisible: @Sendable (Schedule) -> Bool = { _ in true }
    ) async throws -> Job? {
        for _ in 0..<Self.tries {
            guard let (record, schedule) = try await readSchedule(id), isVisible(schedule) else {
                return nil
            }
            let addition = RecordedAddition(
                [schedule.newJob], kind: .schedule, key: id, over: record.version
            ) { jobs in schedule.fired(at: [], jobs, passed: schedule.passed).json }
            if let added = try await persistence.add(addition) {
                scheduleNews.changed(id)
                return added.jobs.first
            }
        }
        throw JobsError.overloaded
    }

    /// How often a change is tried when others are faster.
    private static let tries = 100

    private func readSchedule(_ id: String) async throws -> (Record, Schedule)? {
        guard !id.isEmpty, let record = try await persistence.records.record(.schedule, id),
            let schedule = Schedule(record.value, id: id)
        else { return nil }
        return (record, schedule)
    }
}
