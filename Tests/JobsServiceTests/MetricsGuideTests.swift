import Prometheus
import Testing

@testable import JobsService

@Suite("Metrics in the guide for operators")
struct MetricsGuideTests {
    @Test("the guide explains all metrics, and no others")
    func names() throws {
        let documented = Set(try DocumentedMetrics.all().map(\.name))
        let known = Set(ServiceMetrics.descriptions.map(\.name))

        #expect(known.subtracting(documented).sorted() == [])
        #expect(documented.subtracting(known).sorted() == [])
    }
}
