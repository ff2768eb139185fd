/// Operating types of jobs, with defaults.
extension JobsClient {
    /// Returns the types of jobs that have jobs or settings, or were asked for by a worker within
    /// the last hour: the first 1,000 in the order of their bytes.
    ///
    /// - Throws: ``JobsClientError``, `CancellationError`.
    public func types() async throws -> TypePage {
        try await types(TypeQuery())
    }

    /// Pauses a type of jobs for a time: claims by type find nothing, on all instances of the
    /// service.
    ///
    /// - Parameters:
    ///   - type: The type; `TypePause.allTypes` for all types.
    ///   - reason: Why; `nil` for none.
    ///   - duration: How long, from now; `nil` until the pause is ended. The time is that of this
    ///     machine, so its clock has to be about right.
    /// - Returns: The type after the change.
    /// - Throws: ``JobsClientError``, `CancellationError`.
    public func pause(type: String, reason: String? = nil, for duration: Duration? = nil)
        async throws -> TypeStatus
    {
        try await pause(
            type: type, reason: reason,
            until: duration.map { Timestamp.now().advanced(by: $0.milliseconds) })
    }

    /// Changes the settings of a type of jobs.
    ///
    /// ```swift
    /// try await client.set(type: "mail") { $0.maxRunning = .set(5) }
    /// ```
    ///
    /// - Parameters:
    ///   - type: The type.
    ///   - edit: Says what to change.
    /// - Returns: The type after the change.
    /// - Throws: ``JobsClientError``, `CancellationError`.
    public func set(type: String, _ edit: (inout TypeChange) -> Void) async throws -> TypeStatus {
        var change = TypeChange()
        edit(&change)
        return try await set(type: type, change)
    }
}
