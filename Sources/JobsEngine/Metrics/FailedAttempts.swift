import CoreMetrics
import Jobs
import Synchronization

/// The counters of the failed attempts of one type of jobs, by the type of their error.
///
/// Workers choose the types of errors, which are unbounded; labels of metrics must not be.
public final class FailedAttempts: Sendable {
    /// The maximum number of types of errors with their own label: the first ones that occur.
    ///
    /// All other types share the label `other`.
    public static let maximumErrorTypes = 20
    /// The label of attempts whose error has no type.
    static let none = "none"

    private let type: String
    private let factory: any MetricsFactory
    private let counters = Mutex<[ExactText: Counter]>([:])

    /// - Parameter type: The label of the type of jobs.
    init(type: String, _ factory: any MetricsFactory) {
        self.type = type
        self.factory = factory
    }

    /// Counts a failed attempt.
    ///
    /// - Parameter errorType: The type of the error; `nil` if the worker gave none.
    func count(_ errorType: String?) {
        counter(errorType?.metricLabel ?? Self.none).increment()
    }

    private func counter(_ label: String) -> Counter {
        counters.withLock { counters in
            if let known = counters[ExactText(label)] { return known }
            // Neither of these two takes a place from the others.
            let count = counters.keys.count { ![Self.none, JobMetrics.others].contains($0.text) }
            let isShared = label != Self.none && count >= Self.maximumErrorTypes
            let label = isShared ? JobMetrics.others : label
            if let known = counters[ExactText(label)] { return known }
            let new = Counter(
                label: "jobs_failed_attempts_total",
                dimensions: [("type", type), ("error_type", label)], factory: factory)
            counters[ExactText(label)] = new
            return new
        }
    }
}
