import HTTPTypes
import Metrics
import Synchronization

/// Counts the requests that are refused, by why.
final class Refusals: Sendable {
    /// A connection, and so all its requests: there are too many.
    static let connections = "connections"

    private let factory = MetricsSystem.factory
    private let counters = Mutex<[String: Counter]>([:])

    /// What there is to watch is there from the beginning.
    init() {
        for reason in [Self.connections, "overloaded", "unauthorized", "forbidden"] {
            _ = counter(reason)
        }
    }

    /// - Parameter reason: one of few.
    func count(_ reason: String) {
        counter(reason).increment()
    }

    func count(_ failure: HTTPFailure) {
        if let reason = failure.refusal { count(reason) }
    }

    private func counter(_ reason: String) -> Counter {
        counters.withLock { counters in
            if let known = counters[reason] { return known }
            let new = Counter(
                label: "jobs_requests_refused_total", dimensions: [("reason", reason)],
                factory: factory)
            counters[reason] = new
            return new
        }
    }
}

extension HTTPFailure {
    /// Why the request was refused; nil if it was carried out, and that came to nothing.
    fileprivate var refusal: String? {
        switch status {
        // Why a caller is not known, or may not, is his matter.
        case .unauthorized: "unauthorized"
        case .forbidden: "forbidden"
        default:
            ["CONNECT_FAILED", "EXEC_FAILED", "LOCK_LOST"].contains(code) ? nil : code.lowercased()
        }
    }
}
