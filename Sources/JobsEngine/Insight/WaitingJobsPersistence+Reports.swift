import Jobs
public import Logging

/// What the instances of the service tell each other of the claims that they see.
extension WaitingJobsPersistence {
    /// The time between two reports.
    static let reportInterval = Duration.seconds(10)
    /// After how long a report is repeated that has not changed, in milliseconds.
    private static let repetition: Int64 = 30_000
    /// The maximum number of outdated reports that one call removes.
    private static let removedAtOnce = 10

    /// Reports every ten seconds which claims this process sees, until the task is cancelled.
    ///
    /// The report is a record that other instances read; it is removed at the end. A report that has
    /// not changed is repeated every half minute, and an instance without claims makes none. Returns
    /// at once if no other process uses the store.
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
            _ = try? await removeReport()
        }.value
    }

    /// What was reported, with the times of this process.
    private struct Reported {
        var seen: [ExactText: SeenClaims.Seen]
        var waiting: [ExactText: Int]
        var at: Timestamp
    }

    private func report(after last: Reported?) async throws -> Reported? {
        let (seen, waiting) = (self.seen.seen(), waitingCounts)
        let now = try await self.now()
        if seen.isEmpty, waiting.isEmpty {
            if last != nil { try await removeReport() }
            return nil
        }
        if let last, last.seen == seen, last.waiting == waiting,
            now.milliseconds(since: last.at) < Self.repetition
        {
            return last
        }
        let report = InstanceReport(
            seen, waiting: waiting, since: self.seen.start, at: now, now: .now)
        _ = try await records.update(.instance, self.seen.id) { _ in report.json }
        return Reported(seen: seen, waiting: waiting, at: now)
    }

    private func removeReport() async throws {
        guard let record = try await records.record(.instance, seen.id) else { return }
        _ = try await records.remove(.instance, seen.id, over: record.version)
    }

    /// Returns what this process sees at the moment, and what the others have reported within the last
    /// minute. Removes older reports.
    func claimReport(at now: Timestamp) async throws -> InstanceReport {
        var report = InstanceReport(
            seen.seen(), waiting: waitingCounts, since: seen.start, at: now, now: .now)
        guard records.areShared else { return report }
        var outdated: [Record] = []
        for record in try await records.records(of: .instance) where record.key != seen.id {
            if let other = InstanceReport(record.value), !other.isOutdated(at: now) {
                report.merge(other)
            } else {
                outdated.append(record)
            }
        }
        for record in outdated.prefix(Self.removedAtOnce) {
            // Only for order: what stays is ignored.
            _ = try? await records.remove(.instance, record.key, over: record.version)
        }
        return report
    }
}
