import Jobs
import JobsEngine
import JobsHTTP
import Logging
import Prometheus
import ServiceLifecycle
import Synchronization
import Testing

@testable import JobsService

@Suite(.timeLimit(.minutes(1))) struct ServiceMetricsTests {
    @Test("the metrics are served while the store is unavailable, without counts of jobs")
    func away() async throws {
        final class Store: Sendable { let isAway = Atomic(false) }
        let store = Store()
        // Other tests block the threads that answer, for longer than a page should wait.
        let patience = Duration.seconds(3600)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let readiness = Readiness(
            checks: [
                {
                    if store.isAway.load(ordering: .relaxed) {
                        throw JobsError.unavailable(reason: "test")
                    }
                }
            ], lifetime: .zero, patience: patience, logger: logger)
        let keeper = CensusKeeper(
            [{ [ExactText("mail"): JobCounts()] }], metrics: JobMetrics(), patience: patience,
            logger: logger)
        let metrics = ServiceMetrics(
            PrometheusMetrics(ServiceMetrics.descriptions),
            stores: [{ [Reading("mongo_pool_size", 4)] }], waiting: [], readiness: readiness,
            census: keeper)
        let group = ServiceGroup(
            configuration: .init(
                services: ([readiness] + metrics.services).map { .init(service: $0) },
                logger: logger))

        async let running: Void = group.run()
        let up = await metrics.text()
        store.isAway.store(true, ordering: .relaxed)
        let away = await metrics.text()
        await group.triggerGracefulShutdown()
        try await running

        #expect(up.contains("\njobs_store_up 1\n"))
        #expect(up.contains("\njobs_stored{type=\"mail\",state=\"ready\"} 0\n"))
        #expect(away.contains("\njobs_store_up 0\n"))
        #expect(!away.contains("jobs_stored{"))
        #expect(away.contains("\nmongo_pool_size 4\n"))
    }

    @Test("all computed metrics have a description")
    func descriptions() async {
        let described = ServiceMetrics.descriptions.map(\.name)

        #expect(Set(described).count == described.count)
        for reading in ProcessFigures.now?.readings ?? [] {
            #expect(described.contains(reading.name))
        }
    }
}
