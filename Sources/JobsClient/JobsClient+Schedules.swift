/// Schedules with durations.
extension JobsClient {
    /// Sets a schedule that fires periodically, in place of the one with the same id.
    ///
    /// - Parameters:
    ///   - id: The id of the schedule.
    ///   - period: The time between two firings, at least a second.
    ///   - newJob: The job that each firing adds.
    ///   - overlap: What a firing does while the last job has not ended.
    ///   - catchUp: What happens to firings that were missed while no instance of the service ran.
    /// - Returns: The schedule as it is now.
    /// - Throws: ``JobsClientError``; `CancellationError`.
    @discardableResult
    public func setSchedule(
        _ id: String, every period: Duration, _ newJob: NewJob,
        overlap: Schedule.Overlap = .allow, catchUp: Schedule.CatchUp = .one
    ) async throws -> Schedule {
        try await set(
            Schedule(
                id: id, every: period.milliseconds, newJob: newJob, overlap: overlap,
                catchUp: catchUp))
    }

    /// Sets a schedule that fires by a cron expression, in place of the one with the same id.
    ///
    /// - Parameters:
    ///   - id: The id of the schedule.
    ///   - cron: The cron expression.
    ///   - timeZone: The time zone by whose clocks it goes, of the IANA database.
    ///   - newJob: The job that each firing adds.
    ///   - overlap: What a firing does while the last job has not ended.
    ///   - catchUp: What happens to firings that were missed while no instance of the service ran.
    /// - Returns: The schedule as it is now.
    /// - Throws: ``JobsClientError``; `CancellationError`.
    @discardableResult
    public func setSchedule(
        _ id: String, cron: String, timeZone: String = "UTC", _ newJob: NewJob,
        overlap: Schedule.Overlap = .allow, catchUp: Schedule.CatchUp = .one
    ) async throws -> Schedule {
        try await set(
            Schedule(
                id: id, cron: cron, timeZone: timeZone, newJob: newJob, overlap: overlap,
                catchUp: catchUp))
    }

    /// Returns the first page of the schedules, in the order of their ids.
    ///
    /// - Throws: ``JobsClientError``; `CancellationError`.
    public func schedules() async throws -> SchedulePage {
        try await schedules(Paging())
    }
}
