public import JobsEngine
import JobsMemory

/// A client with a store in memory of its own: for tests of what uses a client.
public struct MemoryJobsClient: ControllerClient {
    public let controller: JobsController

    public init(options: JobsController.Options = .init()) {
        controller = JobsController(persistence: MemoryJobsPersistence(), options: options)
    }

    /// - Parameter clock: the time by which leases are judged, so that a test need not wait.
    public init(
        options: JobsController.Options = .init(), clock: @escaping @Sendable () -> Timestamp
    ) {
        controller = JobsController(
            persistence: MemoryJobsPersistence(clock: clock), options: options)
    }
}
