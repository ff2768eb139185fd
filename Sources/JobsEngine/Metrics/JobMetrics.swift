public import CoreMetrics
public import Jobs
import Synchronization

/// What is counted of jobs, type by type.
///
/// Listens to the controllers and to the stores. Those that work on the same jobs should share one of
/// these, so that they agree about which types have labels of their own.
public final class JobMetrics: JobObserver {
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

    public func observe(_ event: JobEvent) {
        switch event {
        case .added(let job): of(job.type).added.increment()
        case .claimed(let job): of(job.type).claimed(job)
        case .claimedNothing(let type): of(type, hasJobs: false).emptyClaims.increment()
        case .extended(let job): of(job.type).extensions.increment()
        case .aborted(let job): of(job.type).aborts.increment()
        case .completed(let job, let started): of(job.type).completed(job, started: started)
        case .leaseLost: leasesLost.increment()
        case .lapsed(let type): of(type).lapses.increment()
        case .expired(let type, let count): of(type).expirations.increment(by: count)
        case .exhausted(let type): of(type).exhaustions.increment()
        case .cleaned(let jobs): cleaned(jobs)
        }
    }

    private func cleaned(_ jobs: CleanedJobs) {
        completedCleaned.increment(by: jobs.completed)
        expiredCleaned.increment(by: jobs.expired)
        exhaustedCleaned.increment(by: jobs.exhausted)
    }
}
