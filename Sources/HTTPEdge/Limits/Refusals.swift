import HTTPTypes
import Metrics
import Synchronization

/// Counts refused requests by reason.
package final class Refusals: Sendable {
    private let connections: Counter
    private let overloaded: Counter
    private let factory: any MetricsFactory
    private let label: String
    /// Keyed by reason, of which there are few.
    private let counters: Mutex<[String: Counter]>

    /// Creates the main counters at once, so that they are exported from the start.
    /// - Parameter label: the name of the counters; the label `reason` tells them apart.
    package init(label: String) {
        let factory = MetricsSystem.factory
        self.factory = factory
        self.label = label
        let counter = { Self.counter(label, $0, factory) }
        connections = counter("connections")
        overloaded = counter("overloaded")
        counters = Mutex([
            "overloaded": overloaded, "unauthorized": counter("unauthorized"),
            "forbidden": counter("forbidden"),
        ])
    }

    /// A connection over the limit is refused, and so are all its requests.
    func countConnection() { connections.increment() }

    /// An operation over the load limit is refused. Costs no lock.
    func countOverload() { overloaded.increment() }

    func count(_ failure: HTTPFailure) {
        guard let reason = failure.refusal else { return }
        counters.withLock { counters in
            let counter = counters[reason] ?? Self.counter(label, reason, factory)
            counters[reason] = counter
            counter.increment()
        }
    }

    private static func counter(_ label: String, _ reason: String, _ factory: any MetricsFactory)
        -> Counter
    {
        Counter(label: label, dimensions: [("reason", reason)], factory: factory)
    }
}

extension HTTPFailure {
    /// Why the request was refused; nil if it was carried out and failed.
    fileprivate var refusal: String? {
        switch status {
        // Their error codes are more specific, which only the client needs to know.
        case .unauthorized: "unauthorized"
        case .forbidden: "forbidden"
        default: isOutcome ? nil : code.lowercased()
        }
    }
}
