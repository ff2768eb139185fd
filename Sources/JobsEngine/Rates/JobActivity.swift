public import Jobs
import Synchronization

/// Counts what happens to the jobs of each type, by the minute, for an hour.
///
/// It observes a store and its controllers, and passes every event on. Counting costs one look-up
/// in a table and an atomic exchange. Types are unbounded, so only ``JobMetrics/maximumTypes`` are
/// counted alone: the first ones, each until nothing has happened to it for an hour. All others are
/// counted together.
public final class JobActivity: JobObserver {
    fileprivate struct State {
        var types: [ExactText: TypeActivity] = [:]
        /// The minute in which a place was last looked for.
        var lastSearch = Int64.min
    }

    private let state = Mutex(State())
    private let others = TypeActivity()
    private let next: any JobObserver

    /// Creates counters without events.
    ///
    /// - Parameter next: Receives every event as well.
    public init(passingOnTo next: any JobObserver = IgnoringObserver()) {
        self.next = next
    }

    public func observe(_ event: JobEvent) {
        count(event)
        next.observe(event)
    }

    private func count(_ event: JobEvent) {
        switch event {
        case .added(let job): of(job.type, at: job.created).added(job)
        case .claimed(let job):
            guard let started = job.started else { return }
            of(job.type, at: started).started(job, at: started)
        case .completed(let job, let started):
            guard let completed = job.completed else { return }
            of(job.type, at: completed).completed(at: completed, started: started)
        case .failed(let job):
            guard let ended = job.attempts.last?.ended else { return }
            of(job.type, at: ended).failed(at: ended)
        default: break
        }
    }

    /// The activity of the last hour.
    func recent(at now: Timestamp) -> RecentActivity {
        var recent = RecentActivity(endingAt: now)
        recent.types = state.withLock { $0.types }.mapValues { $0.recent(at: now) }
            .filter { !$0.value.isEmpty }
        recent.others = others.recent(at: now).rates
        return recent
    }

    private func of(_ type: String, at now: Timestamp) -> TypeActivity {
        state.withLock { state in
            if let known = state.types[ExactText(type)] { return known }
            if state.types.count >= JobMetrics.maximumTypes { state.makeRoom(at: now) }
            guard state.types.count < JobMetrics.maximumTypes else { return others }
            let new = TypeActivity()
            state.types[ExactText(type)] = new
            return new
        }
    }
}

extension JobActivity.State {
    /// Forgets the types to which nothing has happened. The search reads all counts, so it is made
    /// once a minute at most.
    fileprivate mutating func makeRoom(at now: Timestamp) {
        guard lastSearch != now.minute else { return }
        lastSearch = now.minute
        types = types.filter { !$0.value.recent(at: now).isEmpty }
    }
}
