import Jobs
import JobsEngine
import Logging
import ServiceLifecycle

/// A cache of the last count of the jobs, which is renewed on request at a limited rate.
///
/// A new count starts after some seconds, and after twenty times the duration of the last count, so
/// that a store spends at most a twentieth of its time on counts.
final class CensusKeeper: Service {
    typealias Census = @Sendable () async throws -> [ExactText: JobCounts]

    /// The numbers by the labels of the types; an inner `nil` if the count failed.
    private let counted: Refreshed<[ExactText: JobCounts]?>

    /// - Parameters:
    ///   - metrics: The metrics that determine the labels of the types.
    ///   - lifetime: How long a count is used at least.
    ///   - patience: How long a request waits for a new count. After that it gets the last one.
    init(
        _ censuses: [Census], metrics: JobMetrics, lifetime: Duration = .seconds(5),
        patience: Duration = .seconds(1), logger: Logger
    ) {
        counted = Refreshed(
            patience: patience, lifetime: { max(lifetime, $0 * 20) },
            read: { _ in
                do {
                    return try await Self.count(censuses, metrics)
                } catch {
                    if !Task.isCancelled { logger.debug("Failed to count the jobs", error: error) }
                    return nil
                }
            })
    }

    convenience init(
        _ stores: [(census: any JobsCensus, maxRetries: Int)], metrics: JobMetrics, logger: Logger
    ) {
        self.init(
            stores.map { store in
                { try await store.census.census(maxRetries: store.maxRetries) }
            }, metrics: metrics, logger: logger)
    }

    /// Counts on request until its task is shut down gracefully.
    func run() async {
        await cancelWhenGracefulShutdown { [self] in await counted.run() }
    }

    /// The last count, by the labels of the types; `nil` if there is none.
    func counts() async -> [ExactText: JobCounts]? {
        if let new = await counted.value() { return new }
        return counted.last ?? nil
    }

    private static func count(
        _ censuses: [Census], _ metrics: JobMetrics
    ) async throws -> [ExactText: JobCounts] {
        var counts: [ExactText: JobCounts] = [:]
        for census in censuses {
            for (type, count) in try await census() {
                let label = ExactText(metrics.of(type.text).label)
                counts[label, default: JobCounts()].merge(count)
            }
        }
        return counts
    }
}
