import Jobs
public import Logging
public import ServiceLifecycle
import Synchronization

/// The readiness of the service, for load balancers and orchestrators.
///
/// The stores are checked only when a probe arrives, at most once in ``lifetime``, and once for all
/// concurrent probes. So the number of probes has little effect on a store. An answer takes no
/// longer than ``patience``.
public final class Readiness: Service {
    enum Verdict: Equatable {
        case ready
        case unavailable
        case stopping
    }

    /// How long the last result of the checks is valid.
    let lifetime: Duration
    /// How long a probe waits for the checks.
    let patience: Duration

    private struct State {
        var isStopping = false
        var last: (isAvailable: Bool, at: ContinuousClock.Instant)?
        /// The start of the running check; `nil` if none is running.
        var began: ContinuousClock.Instant?
        var waiting: [AsyncStream<Bool>.Continuation] = []
    }

    private let state = Mutex(State())
    private let checks: [@Sendable () async throws -> Void]
    private let logger: Logger
    private let demands: AsyncStream<Void>
    private let demand: AsyncStream<Void>.Continuation

    /// - Parameter checks: A check for each store, which throws if the store cannot do its work.
    public init(
        checks: [@Sendable () async throws -> Void], lifetime: Duration = .seconds(1),
        patience: Duration = .seconds(2), logger: Logger
    ) {
        self.checks = checks
        self.lifetime = lifetime
        self.patience = patience
        self.logger = logger
        (demands, demand) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Checks the stores on request until its task is shut down gracefully.
    public func run() async {
        await cancelWhenGracefulShutdown { [self] in
            for await _ in demands { await check() }
        }
    }

    /// Marks the service as not ready from now on, because it is about to stop.
    public func stop() {
        state.withLock { $0.isStopping = true }
    }

    func verdict() async -> Verdict {
        if state.withLock({ $0.isStopping }) { return .stopping }
        return await storesAnswer() ? .ready : .unavailable
    }

    /// Whether all stores can do their work.
    public func storesAnswer() async -> Bool {
        let now = ContinuousClock.now
        let (results, waiting) = AsyncStream<Bool>.makeStream()
        let known = state.withLock { state -> Bool? in
            if let (isAvailable, instant) = state.last, instant.duration(to: now) < lifetime {
                return isAvailable
            }
            // A check that hangs counts as a failure, and no later probe waits for it.
            if let began = state.began, began.duration(to: now) >= patience { return false }
            state.waiting.append(waiting)
            if state.began == nil {
                state.began = now
                demand.yield()
            }
            return nil
        }
        if let known { return known }
        return await first(of: results) == true
    }

    /// The first result; `nil` if there is none within ``patience``.
    private func first(of results: AsyncStream<Bool>) async -> Bool? {
        await withTaskGroup(of: Bool?.self) { group in
            group.addTask { await results.first { _ in true } }
            group.addTask { [patience] in
                try? await Task.sleep(for: patience)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }

    private func check() async {
        var failure: (any Error)?
        do {
            for check in checks { try await check() }
        } catch JobsError.overloaded {
            // An overloaded store works. If all instances reported that they are not ready, no work
            // would be done.
        } catch {
            failure = error
        }
        let isAvailable = failure == nil
        let (waiting, wasAvailable) = state.withLock { state in
            defer {
                state.last = (isAvailable, .now)
                state.began = nil
                state.waiting = []
            }
            return (state.waiting, state.last?.isAvailable ?? true)
        }
        for each in waiting {
            each.yield(isAvailable)
            each.finish()
        }
        if let failure, wasAvailable { logger.warning("The service is not ready", error: failure) }
        if isAvailable, !wasAvailable { logger.info("The service is ready again") }
    }
}
