import Jobs
import Logging

extension ScheduleRunner {
    /// How many firings are in the store at a time.
    private static let atATime = 8

    /// Fires schedules, a few at a time, and takes over their records.
    ///
    /// - Throws: The error of the first firing that failed, after all have been tried.
    func fire(
        _ due: [ScheduleCache.Entry], _ state: inout State, at now: Timestamp,
        since start: Timestamp
    ) async throws {
        typealias Result = (ScheduleCache.Entry, Swift.Result<ScheduleFiring.Outcome, any Error>)
        var failure: (any Error)?
        var rest = due[...]
        await withTaskGroup(of: Result.self) { group in
            func addNext() {
                guard let entry = rest.popFirst() else { return }
                let firing = ScheduleFiring(
                    controller: controller, logger: logger, entry: entry, start: start)
                group.addTask {
                    do {
                        return (entry, .success(try await firing.fire(at: now)))
                    } catch {
                        return (entry, .failure(error))
                    }
                }
            }
            for _ in 0..<Self.atATime { addNext() }
            for await (entry, result) in group {
                switch result {
                case .success(let outcome): take(outcome, of: entry.schedule, &state)
                case .failure(let error): failure = failure ?? error
                }
                addNext()
            }
        }
        if let failure { throw failure }
    }

    private func take(
        _ outcome: ScheduleFiring.Outcome, of schedule: Schedule, _ state: inout State
    ) {
        let (id, type) = (ExactText(schedule.id), schedule.newJob.type)
        if outcome.isPassedOver { controller.observer.observe(.passedOver(type: type)) }
        guard let record = outcome.record else { return state.cache.remove(id) }
        _ = state.cache.set(record)
        if outcome.added > 0 {
            controller.observer.observe(.fired(type: type, count: Int64(outcome.added)))
            logger.debug(
                "Fired a schedule",
                metadata: ["schedule": "\(id.text)", "jobs": "\(outcome.added)"])
        }
    }
}
