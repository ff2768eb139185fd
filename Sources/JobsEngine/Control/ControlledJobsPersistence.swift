import Jobs
import Synchronization

/// A layer that applies the settings of types: pauses, limits, retry policies and retentions.
///
/// A claim of a paused type finds nothing, without a call of the store. The limits of a type are
/// passed on with its claims, for the store to keep. Without any settings, a call is passed on as
/// it is.
final class ControlledJobsPersistence: JobsPersistenceLayer {
    /// The news for waiting claims.
    enum News: Sendable, Equatable {
        /// The settings of these types have changed.
        case settings(Set<ExactText>)
        /// A lease has ended on a job of each of these types, which have limits.
        case room(Set<ExactText>)
    }

    let base: any JobsPersistence
    let cache: SettingsCache
    private let listener: Listener

    /// How often waiting claims look for changes by other processes that no news reports: the end
    /// of a lease or of a pause.
    private static let watch: Int64 = 500

    init(_ base: any JobsPersistence) {
        self.base = base
        let listener = Listener()
        self.listener = listener
        cache = SettingsCache(base.records) { listener.tell(.settings($0)) }
    }

    /// Sets the receiver of the news for waiting claims.
    func listen(_ onNews: @escaping @Sendable (News) -> Void) {
        listener.onNews.withLock { $0 = onNews }
    }

    var records: any JobsRecords { NoticedRecords(base: base.records, cache: cache) }

    func claim(_ claim: Claim) async throws -> [StartedJob] {
        guard let settings = try await cache.current() else { return try await base.claim(claim) }
        let type = ExactText(claim.type)
        if try await pause(of: type, settings) > 0 { return [] }
        var claim = claim
        claim.limits = settings.limits[type]
        return try await base.claim(claim)
    }

    /// Starts a job by its id, which pauses and limits never refuse. The start counts for the
    /// limits of its type.
    func start(_ start: Start) async throws -> StartedJob? {
        guard let limits = try await cache.current()?.limits, !limits.isEmpty else {
            return try await base.start(start)
        }
        var start = start
        start.limits = limits
        return try await base.start(start)
    }

    func nextAvailability(of type: String) async throws -> Int64? {
        guard let settings = try await cache.current() else {
            return try await base.nextAvailability(of: type)
        }
        let exact = ExactText(type)
        let pause = try await pause(of: exact, settings)
        if pause > 0 {
            // Another process may end the pause.
            let next = base.records.areShared ? min(pause, Self.watch) : pause
            return next == .max ? nil : next
        }
        let next = try await base.nextAvailability(of: type)
        guard settings.limits[exact] != nil else { return next }
        return min(next ?? Self.watch, Self.watch)
    }

    /// Changes jobs. A failed attempt goes by the policy of the type of its job, if that has one
    /// and the job has none.
    func change(_ changes: [JobChange]) async throws -> [Result<Job?, JobsError>] {
        let changes = try await withPolicies(changes)
        let results = try await base.change(changes)
        tellOfRoom {
            zip(changes, results).compactMap { change, result in
                guard let job = try? result.get(), change.act.endsLease(of: job) else {
                    return nil
                }
                return job.type
            }
        }
        return results
    }

    func delete(_ id: JobID) async throws -> Job? {
        let job = try await base.delete(id)
        if let job { tellOfRoom { [job.type] } }
        return job
    }

    /// Treats a batch, which may end leases or remove jobs under them.
    func treat(_ batch: JobBatch) async throws -> BatchOutcome {
        let outcome = try await base.treat(batch)
        if case .change(.replay) = batch.work { return outcome }
        tellOfRoom { batch.jobs.filter { $0.started != nil }.map(\.type) }
        return outcome
    }

    @discardableResult
    func clean(_ cleaning: Cleaning) async throws -> CleanedJobs {
        try await base.clean(withRetentions(cleaning))
    }

    /// Cleans by the retentions of the types, unless another process is cleaning at the moment.
    func cleanInTurn(_ cleaning: Cleaning) async throws -> CleanedJobs? {
        try await base.cleanInTurn(withRetentions(cleaning))
    }

    private func withRetentions(_ cleaning: Cleaning) async throws -> Cleaning {
        guard let settings = try await cache.current() else { return cleaning }
        var cleaning = cleaning
        cleaning.typeRetentions = settings.retentions
        return cleaning
    }

    /// Sets the policies of the types of jobs whose attempts have failed.
    ///
    /// The type of a job never changes, so it can be read before the step that computes the delay.
    /// It is read only if a type has a policy.
    private func withPolicies(_ changes: [JobChange]) async throws -> [JobChange] {
        guard changes.contains(where: \.act.needsPolicy),
            let policies = try await cache.current()?.policies,
            !policies.isEmpty
        else { return changes }
        let failed = changes.lazy.filter(\.act.needsPolicy).map(\.id)
        let types = try await base.types(of: Set(failed))
        return changes.map { change in
            guard case .fail(var failure) = change.act, change.act.needsPolicy,
                let policy = types[change.id].flatMap({ policies[ExactText($0)] })
            else { return change }
            failure.policy = policy
            var change = change
            change.act = .fail(failure)
            return change
        }
    }

    /// Returns how long a type is still paused, in milliseconds, at most `Int64.max`.
    private func pause(of type: ExactText, _ settings: KnownSettings) async throws -> Int64 {
        let pauses = settings.pauses(of: type)
        guard !pauses.isEmpty else { return 0 }
        guard pauses.dependOnTime else { return .max }
        return pauses.remaining(at: try await base.now())
    }

    /// Tells waiting claims of the types on which leases have ended, if they have limits.
    private func tellOfRoom(_ types: () -> [String]) {
        guard let limits = cache.last?.limits, !limits.isEmpty else { return }
        let limited = Set(types().map { ExactText($0) }.filter { limits[$0] != nil })
        if !limited.isEmpty { listener.tell(.room(limited)) }
    }
}

/// The layer of waiting claims, which exists only after this one.
private final class Listener: Sendable {
    let onNews = Mutex<(@Sendable (ControlledJobsPersistence.News) -> Void)?>(nil)

    func tell(_ news: ControlledJobsPersistence.News) {
        onNews.withLock { $0 }?(news)
    }
}

extension Act {
    /// Whether the delay after the act may depend on a policy.
    fileprivate var needsPolicy: Bool {
        guard case .fail(let failure) = self else { return false }
        return failure.retry && failure.delay == nil
    }
}
