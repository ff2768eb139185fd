import Jobs
import JobsEngine
import JobsPersistenceSuite
import JobsTestSupport
import MetricsTestKit
import Testing

@testable import JobsFile

@Suite("FileJobsPersistence")
struct FileJobsPersistenceTests {
    @Test("meets the requirements of every store", arguments: StoreRequirement.all)
    func asEveryStore(_ requirement: StoreRequirement) async throws {
        try await withStore { store, clock in
            try await requirement.check(
                StoreUnderTest(instances: [store]) { clock.advance(by: $0) })
        }
    }

    @Test("loses nothing when the clock is set", arguments: StoreRequirement.clockSteps)
    func clockSteps(_ requirement: StoreRequirement) async throws {
        try await withStore { store, clock in
            try await requirement.check(
                StoreUnderTest(instances: [store], set: clock.set(by:), pass: clock.advance(by:)))
        }
    }

    @Test("meets the requirements of metrics", arguments: MetricsRequirement.all)
    func counts(_ requirement: MetricsRequirement) async throws {
        let metrics = TestMetrics()
        try await withStore(observer: JobMetrics(factory: metrics)) { jobs, clock in
            let store = StoreUnderTest(instances: [jobs]) { clock.advance(by: $0) }
            try await requirement.check(CountedStore(store, census: jobs, metrics: metrics))
        }
    }

    @Test("jobs that a restart reads are not counted as events")
    func restart() async throws {
        try await withDirectory { path in
            let clock = SetClock()
            let first = try await open(path, clock: clock)
            try await first.add()
            _ = try await first.claim(Claim(type: "mail", timeout: 0, maxRetries: 1))
            await first.close()
            let metrics = TestMetrics()

            let second = try await open(
                path, clock: clock, observer: JobMetrics(factory: metrics))
            await second.close()

            #expect(metrics.counters.allSatisfy { $0.totalValue == 0 })
        }
    }
}
