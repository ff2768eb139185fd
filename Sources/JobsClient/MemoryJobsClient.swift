public import JobsEngine
import JobsMemory

/// A client with its own store in memory, for tests of code that uses a client.
public struct MemoryJobsClient: ControllerClient {
    /// The controller of the store in memory.
    public let controller: JobsController

    /// Creates a client with an empty store.
    public init(options: JobsController.Options = .init()) {
        controller = JobsController(persistence: MemoryJobsPersistence(), options: options)
    }

    /// Creates a client with an empty store and its own clock, so that a test does not have to
    /// wait.
    ///
    /// - Parameters:
    ///   - options: The settings of the controller.
    ///   - clock: Returns the time of the store, by which leases, delays and expiry are judged.
    public init(
        options: JobsController.Options = .init(), clock: @escaping @Sendable () -> Timestamp
    ) {
        controller = JobsController(
            persistence: MemoryJobsPersistence(clock: clock), options: options)
    }
}
