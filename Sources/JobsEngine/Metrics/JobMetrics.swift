public import CoreMetrics
public import Jobs
import Synchronization

/// The counters and timers of jobs, by type.
///
/// It observes controllers and stores. Controllers and stores of the same jobs should share one
/// instance, so that they agree on which types have their own label.
public final class JobMetrics: JobObserver {
    /// The maximum number of types with their own label: the first types that have jobs.
    ///
    /// All other types share the label `other`.
    public static let maximumTypes = 100
    static let others = "other"

    /// The number of changes that were refused because the caller had lost the lease.
    public let leasesLost: Counter
    private let firingsFailed: Counter
    private let operated: [BulkOperation.Action: Counter]
    private let completedCleaned: Counter
    private let expiredCleaned: Counter
    private let exhaustedCleaned: Counter
    private let failedCleaned: Counter
    private let cancelledCleaned: Counter

    private struct State {
        var types: [ExactText: TypeMetrics] = [:]
        var others: TypeMetrics?
    }

    private let factory: any MetricsFactory
    private let state = Mutex(State())

    /// Creates metrics.
    ///
    /// - Parameter factory: Makes the counters and timers.
    public init(factory: any MetricsFactory = MetricsSystem.factory) {
        self.factory = factory
        leasesLost = Counter(label: "jobs_leases_lost_total", factory: factory)
        firingsFailed = Counter(label: "jobs_schedule_failures_total", factory: factory)
        operated = Dictionary(
            uniqueKeysWithValues: BulkOperation.Action.allCases.map { action in
                let dimensions = [("action", action.rawValue)]
                return (
                    action,
                    Counter(
                        label: "jobs_operation_jobs_total", dimensions: dimensions, factory: factory
                    )
                )
            })
        let cleaned = { reason in
            Counter(label: "jobs_cleaned_total", dimensions: [("reason", reason)], factory: factory)
        }
        completedCleaned = cleaned("completed")
        expiredCleaned = cleaned("expired")
        exhaustedCleaned = cleaned("exhausted")
        failedCleaned = cleaned("failed")
        cancelledCleaned = cleaned("cancelled")
    }

    /// Returns the metrics of a type. The call costs one look-up in a table.
    ///
    /// - Parameters:
    ///   - type: The type of the jobs.
    ///   - hasJobs: Whether jobs of the type exist. If not, an unknown type counts as `other`, so
    ///     that claims of types without jobs do not use up the labels.
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
        case .failed(let job): of(job.type).failed(job)
        case .cancelled(let job): of(job.type).cancellations.increment()
        case .replayed(let job): of(job.type).replays.increment()
        case .leaseLost: leasesLost.increment()
        case .lapsed(let type): of(type).lapses.increment()
        case .expired(let type, let count): of(type).expirations.increment(by: count)
        case .exhausted(let type): of(type).exhaustions.increment()
        case .noRoom(let type): of(type).limitedClaims.increment()
        case .fired(let type, let count): of(type).firings.increment(by: count)
        case .passedOver(let type): of(type).passedOver.increment()
        case .firingFailed: firingsFailed.increment()
        case .operated(let action, let count): operated[action]?.increment(by: count)
        case .cleaned(let jobs): cleaned(jobs)
        }
    }

    private func cleaned(_ jobs: CleanedJobs) {
        completedCleaned.increment(by: jobs.completed)
        expiredCleaned.increment(by: jobs.expired)
        exhaustedCleaned.increment(by: jobs.exhausted)
        failedCleaned.increment(by: jobs.failed)
        cancelledCleaned.increment(by: jobs.cancelled)
    }
}
