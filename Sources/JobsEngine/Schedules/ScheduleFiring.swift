import Jobs
import Logging

/// One firing of a schedule, or several that were missed.
///
/// Each firing adds exactly one job. The jobs and the schedule's record with the time up to which
/// it has passed are written in one step, and only if the record still has the version from which
/// the firing was computed. So there is no moment between the two at which an instance can stop,
/// stall or be killed:
///
/// - Killed before the step: nothing is done, and the record tells the others that the time has not
///   passed.
/// - Killed after it: both are done, and the record tells the others that the time has passed.
/// - Stalled before the step for any time, while others fire: the version is another one by then,
///   and versions never come back, so that the late step does nothing. The state of the job does
///   not matter.
/// - The outcome of the step is unknown: the record is read again, and shows the outcome.
///
/// A request id of the firing would not do, whether the record moves on before or after the add: a
/// job is remembered only as long as it exists, so an instance that stalls between the two could
/// add it again after it has been completed and removed.
struct ScheduleFiring: Sendable {
    let controller: JobsController
    let logger: Logger
    let entry: ScheduleCache.Entry
    /// Since when this instance has been running.
    let start: Timestamp

    /// The outcome of a firing.
    struct Outcome: Sendable {
        /// The record as it is now; `nil` if there is none.
        var record: Record?
        /// How many jobs were added.
        var added = 0
        /// Whether firings were skipped without a job.
        var isPassedOver = false
    }

    private var schedule: Schedule { entry.schedule }
    private var persistence: WaitingJobsPersistence { controller.persistence }
    private var metadata: Logger.Metadata { ["schedule": "\(schedule.id)"] }

    /// The most bytes of the jobs of one step, unless there is only one.
    private static let maximumBytes = 4 << 20

    /// Fires what is due.
    ///
    /// - Throws: The error of the store. It may be unknown whether the firing has taken effect.
    func fire(at now: Timestamp) async throws -> Outcome {
        guard var due = schedule.due(at: now, runningSince: start, entry.times) else {
            return try await reread()
        }
        var outcome = Outcome()
        var isBusy = false
        if schedule.overlap == .skip, !due.times.isEmpty {
            isBusy = try await self.isBusy(at: now)
            due.times = isBusy ? [] : due.times.suffix(1)
        }
        let step = due.limited(to: Self.maximumBytes / schedule.newJob.size)
        do {
            guard let added = try await write(step) else { return try await reread() }
            outcome.added = added.jobs.count
            outcome.record = added.record
            outcome.isPassedOver = step.times.isEmpty
            log(step, isBusy: isBusy)
        } catch JobsError.refused(let reason) {
            logger.error(
                "Skipped a firing of a schedule, as its job is refused: \(reason)",
                metadata: metadata)
            outcome.isPassedOver = true
            due.times = []
            outcome.record = try await write(due)?.record
        }
        return outcome
    }

    private func write(_ due: Schedule.DueFirings) async throws -> RecordedJobs? {
        let schedule = schedule
        return try await persistence.add(
            RecordedAddition(
                due.times.map { _ in schedule.newJob }, kind: .schedule, key: schedule.id,
                over: entry.version
            ) { jobs in schedule.fired(at: due.times, jobs, passed: due.passed).json })
    }

    private func isBusy(at now: Timestamp) async throws -> Bool {
        guard let id = schedule.lastJobID, let job = try await controller.get(id) else {
            return false
        }
        return job.state(at: now, maxRetries: controller.options.maxRetries).isBusy
    }

    /// Another instance was faster, or the schedule was changed.
    private func reread() async throws -> Outcome {
        Outcome(record: try await persistence.records.record(.schedule, schedule.id))
    }

    /// Logs firings that were skipped or caught up.
    private func log(_ due: Schedule.DueFirings, isBusy: Bool) {
        guard let first = entry.next, due.times.first != first || due.times.count > 1 else {
            return
        }
        let span = first == due.passed ? "\(first)" : "\(first) to \(due.passed)"
        let message: Logger.Message =
            if isBusy {
                "Skipped the firings of a schedule at \(span), as its last job has not ended"
            } else if due.times.isEmpty {
                "Skipped the firings of a schedule at \(span), which were missed"
            } else {
                "Caught up \(due.times.count) firings of a schedule at \(span)"
            }
        logger.info(message, metadata: metadata)
    }
}

extension Schedule.DueFirings {
    /// The first of the firings, at least one.
    fileprivate func limited(to count: Int) -> Schedule.DueFirings {
        guard times.count > max(count, 1) else { return self }
        var first = self
        first.times = Array(times.prefix(max(count, 1)))
        first.passed = first.times.last ?? passed
        return first
    }
}
