import Synchronization

/// A one-time event that tests can check or wait for.
public final class Flag: Sendable {
    private let state = Atomic(false)

    public init() {}

    public var isSet: Bool { state.load(ordering: .acquiring) }

    public func set() { state.store(true, ordering: .releasing) }

    /// Waits until it is set, also in a cancelled task.
    /// - Throws: ``TookTooLong`` if that does not happen, so that a test fails and does not hang.
    public func wait() async throws {
        try await Task.detached { [self] in
            try await eventually(within: .seconds(60)) { isSet }
        }.value
    }
}
