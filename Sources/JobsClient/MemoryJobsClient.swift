import JobsMemory

/// A client with a store in memory of its own: for tests of what uses a client.
public struct MemoryJobsClient: ControllerClient {
    public let controller: JobsController

    /// - Parameter clock: the time by which leases are judged, so that a test need not wait.
    public init(
        options: JobsController.Options = .init(),
        clock: @escaping @Sendable () -> Timestamp = Timestamp.now
    ) {
        controller = JobsController(
            persistence: MemoryJobsPersistence(clock: clock), options: options)
    }
}
