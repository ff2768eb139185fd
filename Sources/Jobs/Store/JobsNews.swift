/// A source of news about changes that other processes make to the jobs of a store.
public protocol JobsNews: Sendable {
    /// Reports jobs of some types that become claimable, now or at a later time.
    ///
    /// Every change after the call of `onFollowing` is reported, until the task is cancelled or an
    /// error is thrown. A change may be reported twice, and the job may already be removed.
    ///
    /// - Parameters:
    ///   - types: The types of the jobs to report.
    ///   - onFollowing: Called when reporting begins.
    ///   - onNews: Called with the jobs that become claimable.
    /// - Throws: ``JobsNewsError/unsupported(reason:)`` if the store can never report news; any
    ///   other error if another call may succeed.
    func follow(
        _ types: [String], onFollowing: @escaping @Sendable () -> Void,
        onNews: @escaping @Sendable ([JobNews]) -> Void
    ) async throws
}

/// The errors of news for which trying again does not help.
public enum JobsNewsError: Error {
    /// The store cannot report news. The reason is for the log.
    case unsupported(reason: String)
}

/// A job that is claimable now, or becomes claimable later.
public struct JobNews: Sendable, Equatable {
    /// The claimable job.
    public var id: JobID
    /// The type of the job.
    public var type: String
    /// Milliseconds from now until the job can be claimed. With 0 or less, it can be claimed now.
    public var delay: Int64
    /// Whether the job was just added. A job that was given back is not new.
    public var isNew: Bool

    /// Creates the news of a job.
    ///
    /// - Parameters:
    ///   - id: The claimable job.
    ///   - type: The type of the job.
    ///   - delay: Milliseconds from now until the job can be claimed.
    ///   - isNew: Whether the job was just added.
    public init(id: JobID, type: String, delay: Int64 = 0, isNew: Bool) {
        self.id = id
        self.type = type
        self.delay = delay
        self.isNew = isNew
    }
}
