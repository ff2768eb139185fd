import Jobs

/// The activity of the jobs of one type in the last hour, as this process has seen it.
///
/// An instance takes about 6 KB.
final class TypeActivity: Sendable {
    private enum Event: Int, CaseIterable {
        case added
        case started
        case completed
        case failed
    }

    private let events = RecentCounts(
        counters: Event.allCases.count, periods: JobRates.maximumMinutes + 4,
        length: JobRates.minute)
    private let waits = RecentCounts(counters: Durations.steps, periods: 4, length: period)
    private let runs = RecentCounts(counters: Durations.steps, periods: 4, length: period)

    /// Durations are remembered for three periods, the last of which has not ended: 8 to 12
    /// minutes.
    private static let period: Int64 = 4 * JobRates.minute

    func added(_ job: Job) { events.count(Event.added.rawValue, at: job.created) }

    /// Counts a start, and at the first one also how long the job has waited.
    func started(_ job: Job, at started: Timestamp) {
        events.count(Event.started.rawValue, at: started)
        guard job.retries == 1 else { return }
        let wait = started.milliseconds(since: job.delayedUntil ?? job.created)
        waits.count(Durations.step(of: wait), at: started)
    }

    /// - Parameter started: When the last lease began; `nil` if it is not known.
    func completed(at completed: Timestamp, started: Timestamp?) {
        events.count(Event.completed.rawValue, at: completed)
        guard let started else { return }
        runs.count(Durations.step(of: completed.milliseconds(since: started)), at: completed)
    }

    func failed(at ended: Timestamp) { events.count(Event.failed.rawValue, at: ended) }

    func recent(at now: Timestamp) -> RecentActivity.OfType {
        var rates = JobRates(endingAt: now)
        for (event, row) in zip(Event.allCases, JobRates.rows) {
            rates[keyPath: row] = events.counts(
                event.rawValue, last: JobRates.maximumMinutes, at: now)
        }
        return RecentActivity.OfType(
            rates: rates, waits: durations(waits, at: now), runs: durations(runs, at: now))
    }

    private func durations(_ counts: RecentCounts, at now: Timestamp) -> Durations {
        var durations = Durations()
        for step in 0..<Durations.steps {
            durations.counts[step] = counts.counts(step, last: 3, at: now).reduce(0, +)
        }
        return durations
    }
}
