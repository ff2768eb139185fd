import Jobs
public import Logging

/// The reports that the instances of the service exchange about the claims and jobs that they see.
extension WaitingJobsPersistence {
    /// The time between two reports.
    static let reportInterval = Duration.seconds(10)
    /// After how long a report is repeated that has not changed, in milliseconds.
    private static let repetition: Int64 = 30_000
    /// The maximum number of outdated reports that one call removes.
    private static let removedAtOnce = 10
    /// The maximum number of reports that are kept of instances that have ended. An instance that
    /// fails at once and is started again leaves none, since it has seen no jobs.
    private static let maximumEnded = 20

    /// Reports every ten seconds what this process sees, until the task is cancelled.
    ///
    /// The report is a record that other instances read. A report that has not changed is repeated
    /// every half minute, so that the others know that this instance is alive. At the end the
    /// record is removed or, if this process has seen jobs in the last hour, left with their rates
    /// only. Returns at once if no other process uses the store.
    ///
    /// - Parameter logger: Logs failures, at debug.
    public func reportClaims(logger: Logger) async {
        await reportClaims(logger: logger, every: Self.reportInterval)
    }

    package func reportClaims(logger: Logger, every interval: Duration) async {
        guard records.areShared else { return }
        var last: Reported?
        while (try? await Task.sleep(for: interval)) != nil {
            do {
                last = try await report(after: last)
            } catch {
                // The next report says the same and more.
                if !Task.isCancelled { logger.debug("Failed to report claims", error: error) }
            }
        }
        // A task of its own, since this one is cancelled.
        await Task { [self] in
            // If the record stays, the others ignore it after a minute.
            _ = try? await endReport()
        }.value
    }

    /// The last report, with the times of this process.
    private struct Reported {
        var seen: [ExactText: SeenClaims.Seen]
        var waiting: [ExactText: Int]
        var activity: RecentActivity?
        var at: Timestamp
    }

    private func report(after last: Reported?) async throws -> Reported {
        let (seen, waiting) = (self.seen.seen(), waitingCounts)
        let now = try await self.now()
        let activity = self.activity?.recent(at: now)
        if let last, last.seen == seen, last.waiting == waiting, last.activity == activity,
            now.milliseconds(since: last.at) < Self.repetition
        {
            return last
        }
        let report = report(seen, waiting: waiting, activity, at: now)
        _ = try await records.update(.instance, self.seen.id) { _ in report.json }
        return Reported(seen: seen, waiting: waiting, activity: activity, at: now)
    }

    private func report(
        _ seen: [ExactText: SeenClaims.Seen], waiting: [ExactText: Int],
        _ activity: RecentActivity?, at now: Timestamp
    ) -> InstanceReport {
        var report = InstanceReport(
            seen, waiting: waiting, since: self.seen.start, at: now, now: .now)
        report.activity = activity
        return report
    }

    /// Leaves the rates of this process to the others, or removes its report if there are none.
    private func endReport() async throws {
        let now = try await self.now()
        if let activity = activity?.recent(at: now), !activity.isEmpty {
            var report = report([:], waiting: [:], activity, at: now)
            report.hasEnded = true
            _ = try await records.update(.instance, seen.id) { _ in report.json }
        } else if let record = try await records.record(.instance, seen.id) {
            _ = try await records.remove(.instance, seen.id, over: record.version)
        }
    }

    /// Returns what this process sees at the moment, what the others have reported within the last
    /// minute, and the activity of those that have ended within the last hour. Removes older
    /// reports.
    ///
    /// - Parameter wantsActivity: Whether the activity is needed.
    func claimReport(at now: Timestamp, withActivity wantsActivity: Bool = false) async throws
        -> InstanceReport
    {
        var report = report(
            seen.seen(), waiting: waitingCounts,
            wantsActivity ? activity?.recent(at: now) : nil, at: now)
        guard records.areShared else { return report }
        var outdated: [Record] = []
        var ended: [(record: Record, at: Timestamp)] = []
        for record in try await records.records(of: .instance) where record.key != seen.id {
            guard
                let other = InstanceReport(record.value, withActivityAt: wantsActivity ? now : nil)
            else {
                outdated.append(record)
                continue
            }
            if !other.isOutdated(at: now) {
                report.merge(other)
            } else if other.isActive, !other.isForgotten(at: now) {
                report.mergeActivity(of: other)
                ended.append((record, other.at))
            } else {
                outdated.append(record)
            }
        }
        if ended.count > Self.maximumEnded {
            outdated += ended.sorted { $0.at < $1.at }.dropLast(Self.maximumEnded).map(\.record)
        }
        for record in outdated.prefix(Self.removedAtOnce) {
            // Only to tidy up: a record that stays is ignored.
            _ = try? await records.remove(.instance, record.key, over: record.version)
        }
        return report
    }
}
