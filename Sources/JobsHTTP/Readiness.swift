import Jobs
import JobsEngine
public import Logging
public import ServiceLifecycle
import Synchronization

/// The readiness of the service, for load balancers and orchestrators.
///
/// The stores are checked only when a probe arrives, at most once in a second, and once for all
/// concurrent probes. So the number of probes has little effect on a store. A probe waits for at
/// most two seconds.
public final class Readiness: Service {
    enum Verdict: Equatable {
        case ready
        case unavailable
        case stopping
    }

    private let areAvailable: Refreshed<Bool>
    private let isStopping = Atomic(false)

    /// - Parameters:
    ///   - checks: A check for each store, which throws if the store cannot do its work.
    ///   - lifetime: How long the last result of the checks is valid.
    ///   - patience: How long a probe waits for the checks.
    public init(
        checks: [@Sendable () async throws -> Void], lifetime: Duration = .seconds(1),
        patience: Duration = .seconds(2), logger: Logger
    ) {
        areAvailable = Refreshed(
            patience: patience, lifetime: { _ in lifetime },
            read: { last in
                let failure = await Self.failure(of: checks)
                let wasAvailable = last ?? true
                if let failure, wasAvailable {
                    logger.warning("The service is not ready", error: failure)
                } else if failure == nil, !wasAvailable {
                    logger.info("The service is ready again")
                }
                return failure == nil
            })
    }

    /// Checks the stores on request until its task is shut down gracefully.
    public func run() async {
        await cancelWhenGracefulShutdown { [self] in await areAvailable.run() }
    }

    /// Marks the service as not ready from now on, because it is about to stop.
    public func stop() {
        isStopping.store(true, ordering: .relaxed)
    }

    func verdict() async -> Verdict {
        if isStopping.load(ordering: .relaxed) { return .stopping }
        return await storesAnswer() ? .ready : .unavailable
    }

    /// Whether all stores can do their work. A check that hangs counts as a failure.
    public func storesAnswer() async -> Bool { await areAvailable.value() ?? false }

    private static func failure(of checks: [@Sendable () async throws -> Void]) async
        -> (any Error)?
    {
        do {
            for check in checks { try await check() }
            return nil
        } catch JobsError.overloaded {
            // An overloaded store works. If all instances reported that they are not ready, no work
            // would be done.
            return nil
        } catch {
            return error
        }
    }
}
