public import CoreMetrics
import Synchronization

/// What is counted of jobs, type by type.
///
/// What callers ask for and get is counted above the stores, by ``JobsController``. What only a store
/// knows it counts itself: that a job is new, that a completion is no repeated one and when the
/// work began, that a lease had lapsed, that a job has expired. All that work on the same jobs are to
/// have the same one of these, so that they agree about which types have names.
public final class JobMetrics: Sendable {
    /// So many types, the first of which there are jobs, are counted apart. All others together are `other`.
    public static let maximumTypes = 100
    static let others = "other"

    /// Calls that were refused since their lease is not the last.
    public let leasesLost: Counter
    private let completedCleaned: Counter
    private let expiredCleaned: Counter
    private let exhaustedCleaned: Counter

    private struct State {
        var types: [ExactText: TypeMetrics] = [:]
        var others: TypeMetrics?
    }

    private let factory: any MetricsFactory
    private let state = Mutex(State())

    /// - Parameter factory: where the figures go.
    public init(factory: any MetricsFactory = MetricsSystem.factory) {
        self.factory = factory
        leasesLost = Counter(label: "jobs_leases_lost_total", factory: factory)
        let cleaned = { reason in
            Counter(label: "jobs_cleaned_total", dimensions: [("reason", reason)], factory: factory)
        }
        completedCleaned = cleaned("completed")
        expiredCleaned = cleaned("expired")
        exhaustedCleaned = cleaned("exhausted")
    }

    /// The metrics of a type. Costs a look into a table.
    /// - Parameter hasJobs: whether there are jobs of it. If not, and nothing is known of it, it is one
    ///   of the others: whoever asks for types that nobody adds must not take the places of those that
    ///   somebody does.
    public func of(_ type: String, hasJobs: Bool = true) -> TypeMetrics {
        state.withLock { state in
            if let known = state.types[ExactText(type)] { return known }
            guard hasJobs, state.types.count < Self.maximumTypes else {
                let others = state.others ?? TypeMetrics(Self.others, factory)
                state.others = others
                return others
            }
            let new = TypeMetrics(type, factory)
            state.types[ExactText(type)] = new
            return new
        }
    }

    /// Counts jobs that cleaning has just removed.
    public func cleaned(_ jobs: CleanedJobs) {
        completedCleaned.increment(by: jobs.completed)
        expiredCleaned.increment(by: jobs.expired)
        exhaustedCleaned.increment(by: jobs.exhausted)
    }

    /// Counts jobs that were just added.
    public func added(_ jobs: some Sequence<Job>) {
        for job in jobs { of(job.type).added.increment() }
    }
}
