import Jobs
import JobsEngine
import Logging
import ServiceLifecycle
import Synchronization

/// A cache of the last count of the jobs, which is renewed on request at a limited rate.
///
/// Concurrent requests share one count. A new count starts after ``lifetime``, and after twenty
/// times the duration of the last count, so that a store spends at most a twentieth of its time on
/// counts.
final class CensusKeeper: Service {
    typealias Census = @Sendable () async throws -> [ExactText: JobCounts]

    private struct State {
        /// The numbers by the labels of the types; `nil` if the last count failed or there was
        /// none.
        var counts: [ExactText: JobCounts]?
        var due = ContinuousClock.now
        var isUnderWay = false
        var waiting: [AsyncStream<Void>.Continuation] = []
    }

    private let censuses: [Census]
    private let metrics: JobMetrics
    private let lifetime: Duration
    private let patience: Duration
    private let logger: Logger
    private let state = Mutex(State())
    private let demands: AsyncStream<Void>
    private let demand: AsyncStream<Void>.Continuation

    /// - Parameters:
    ///   - metrics: The metrics that determine the labels of the types.
    ///   - patience: How long a request waits for a new count. After that it gets the last one.
    init(
        _ censuses: [Census], metrics: JobMetrics, lifetime: Duration = .seconds(5),
        patience: Duration = .seconds(1), logger: Logger
    ) {
        self.censuses = censuses
        self.metrics = metrics
        self.lifetime = lifetime
        self.patience = patience
        self.logger = logger
        (demands, demand) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
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
        await cancelWhenGracefulShutdown { [self] in
            for await _ in demands { await count() }
        }
    }

    /// The last count, by the labels of the types; `nil` if there is none.
    func counts() async -> [ExactText: JobCounts]? {
        let (news, waiting) = AsyncStream<Void>.makeStream()
        let isFresh = state.withLock { state in
            if !state.isUnderWay {
                if ContinuousClock.now < state.due { return true }
                state.isUnderWay = true
                demand.yield()
            }
            state.waiting.append(waiting)
            return false
        }
        if !isFresh { await wait(for: news) }
        return state.withLock { $0.counts }
    }

    /// Waits for a new count, but no longer than ``patience``.
    private func wait(for news: AsyncStream<Void>) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in news {} }
            group.addTask { [patience] in try? await Task.sleep(for: patience) }
            await group.next()
            group.cancelAll()
        }
    }

    private func count() async {
        let start = ContinuousClock.now
        var counts: [ExactText: JobCounts]? = [:]
        do {
            for census in censuses {
                for (type, count) in try await census() {
                    let label = ExactText(metrics.of(type.text).label)
                    counts?[label, default: JobCounts()].merge(count)
                }
            }
        } catch {
            counts = nil
            if !Task.isCancelled { logger.debug("Failed to count the jobs", error: error) }
        }
        let now = ContinuousClock.now
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            state.counts = counts
            state.due = now + max(lifetime, start.duration(to: now) * 20)
            state.isUnderWay = false
            return state.waiting
        }
        for each in waiting { each.finish() }
    }
}
