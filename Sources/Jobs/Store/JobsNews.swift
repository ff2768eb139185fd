/// Tells what other processes do to the jobs of a store.
public protocol JobsNews: Sendable {
    /// Tells of jobs of some types that somebody makes claimable, now or for a later time.
    ///
    /// Nothing that happens after `onFollowing` was called is left out, until the task is cancelled or
    /// an error is thrown. What is told may be told twice, and the job may be gone already.
    /// - Throws: ``JobsNewsError/unsupported(reason:)`` if trying again is no use; anything else if it is.
    func follow(
        _ types: [String], onFollowing: @escaping @Sendable () -> Void,
        onNews: @escaping @Sendable ([JobNews]) -> Void
    ) async throws
}

public enum JobsNewsError: Error {
    /// The store has no way to tell.
    case unsupported(reason: String)
}

/// A job that is claimable, or will be.
public struct JobNews: Sendable, Equatable {
    public var id: JobID
    public var type: String
    /// Milliseconds from now until the job can be claimed; 0 and less: it can be.
    public var delay: Int64
    /// Whether the job was just added.
    public var isNew: Bool

    public init(id: JobID, type: String, delay: Int64 = 0, isNew: Bool) {
        self.id = id
        self.type = type
        self.delay = delay
        self.isNew = isNew
    }
}
