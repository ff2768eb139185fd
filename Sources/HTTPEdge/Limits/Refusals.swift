import HTTPTypes
import Metrics
import Synchronization

/// Counts the requests that are refused, by why.
package final class Refusals: Sendable {
    private let connections: Counter
    private let overloaded: Counter
    private let factory: any MetricsFactory
    private let label: String
    /// By reason, which is one of few.
    private let counters: Mutex<[String: Counter]>

    /// What there is to watch is there from the beginning.
    /// - Parameter label: the name of the counters, which differ in their `reason`.
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

    /// A connection is refused, and so all its requests: there are too many.
    func countConnection() { connections.increment() }

    /// An operation is refused: too much is in work already. Costs no lock.
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
    /// Why the request was refused; nil if it was carried out, and that came to nothing.
    fileprivate var refusal: String? {
        switch status {
        // The codes tell more of the reason, which only the client needs to know.
        case .unauthorized: "unauthorized"
        case .forbidden: "forbidden"
        default: isOutcome ? nil : code.lowercased()
        }
    }
}
