import HTTPEdge
import Jobs
import JobsAPI
import JobsEngine
import JobsHTTP
import NIOPosix
import Prometheus
import ServiceLifecycle
import Synchronization

/// The metrics of the process: the values that were counted, and the values that are computed when
/// the metrics are read.
final class ServiceMetrics: Sendable {
    private let metrics: PrometheusMetrics
    private let stores: [@Sendable () -> [Reading]]
    private let waiting: [WaitingJobsPersistence]
    private let readiness: Readiness
    private let census: CensusKeeper
    private let eventLoops = EventLoopLag(MultiThreadedEventLoopGroup.singleton)
    private let endpoints = Mutex<[HTTPEndpoint]>([])

    /// The background work of the metrics.
    var services: [any Service] { [census, eventLoops] }

    init(
        _ metrics: PrometheusMetrics, stores: [@Sendable () -> [Reading]],
        waiting: [WaitingJobsPersistence], readiness: Readiness, census: CensusKeeper
    ) {
        self.metrics = metrics
        self.stores = stores
        self.waiting = waiting
        self.readiness = readiness
        self.census = census
    }

    /// Adds the metrics of an endpoint.
    func watch(_ endpoint: HTTPEndpoint) {
        endpoints.withLock { $0.append(endpoint) }
    }

    func routes(_ routes: MetricsRoutes) -> [Routes] {
        let told = Routes.metrics(route: routes.route, contentType: ExpositionText.contentType) {
            [self] in await text()
        }
        guard let resettingRoute = routes.resettingRoute else { return [told] }
        let reset = Routes.metrics(
            "metrics_and_reset", route: resettingRoute, contentType: ExpositionText.contentType,
            scope: .admin
        ) { [self] in await text(resetting: true) }
        return [told, reset]
    }

    /// - Parameter resetting: Whether to reset the metrics after reading them.
    func text(resetting: Bool = false) async -> String {
        var readings = process() + stores.flatMap { $0() }
        readings.append(
            Reading(
                "jobs_log_lines_dropped_total", Double(ConsoleOutput.droppedLines), kind: .counter))
        readings.append(
            Reading("jobs_waiting_claims", Double(waiting.reduce(0) { $0 + $1.waitingCount })))
        let endpoints = endpoints.withLock { $0 }
        readings += [
            Reading(
                "jobs_requests_in_flight",
                Double(endpoints.reduce(0) { $0 + $1.requestsInFlight })),
            Reading("jobs_connections", Double(endpoints.reduce(0) { $0 + $1.connectionCount })),
            Reading("event_loop_lag_seconds", eventLoops.lag),
        ]
        // The two calls run concurrently; neither takes longer than a second or two.
        async let counts = census.counts()
        let isUp = await readiness.storesAnswer()
        readings.append(Reading("jobs_store_up", isUp ? 1 : 0))
        let counted = await counts
        if isUp, let counted { readings += counted.flatMap { Self.readings(of: $0.text, $1) } }
        return metrics.text(with: readings, resetting: resetting)
    }

    private func process() -> [Reading] { ProcessFigures.now?.readings ?? [] }

    private static func readings(of type: String, _ counts: JobCounts) -> [Reading] {
        let labels = [("type", type)]
        return counts.byState.map { state, count in
            Reading("jobs_stored", Double(count), labels + [("state", state)])
        } + [
            Reading("jobs_ready", Double(counts.ready), labels),
            Reading("jobs_oldest_ready_seconds", Double(counts.oldestReady) / 1000, labels),
        ]
    }
}
