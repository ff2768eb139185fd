/// Bulk operations with durations, and waiting for them.
extension JobsClient {
    /// Starts an operation: the service applies one action to all jobs that match a filter.
    ///
    /// - Parameters:
    ///   - action: What is done to each job.
    ///   - filter: The conditions on the jobs, at least one.
    ///   - delay: The time during which no job is treated, at most an hour, so that the operation
    ///     can still be cancelled without an effect.
    ///   - reason: Why, for people.
    ///   - replay: How jobs are replayed. Other actions do not use it.
    /// - Returns: The operation, which waits.
    /// - Throws: ``JobsClientError``; `CancellationError`.
    @discardableResult
    public func start(
        _ action: BulkOperation.Action, matching filter: JobFilter, after delay: Duration = .zero,
        reason: String? = nil, replay: Replay = Replay()
    ) async throws -> BulkOperation {
        try await start(
            OperationRequest(
                action, filter, startDelay: delay.milliseconds, reason: reason, replay: replay))
    }

    /// Returns the number of jobs that an operation would treat. It is exact up to
    /// `BulkOperation.exactCount`.
    ///
    /// - Throws: ``JobsClientError``; `CancellationError`.
    public func count(_ action: BulkOperation.Action, matching filter: JobFilter) async throws
        -> (total: Int, isAtLeast: Bool)
    {
        let counted = try await start(OperationRequest(action, filter, isDryRun: true))
        return (counted.total, counted.isTotalAtLeast)
    }

    /// Waits until an operation has ended, and asks for it periodically.
    ///
    /// - Parameters:
    ///   - id: The id of the operation.
    ///   - interval: The time between two calls.
    ///   - onProgress: Called with the result of each call.
    /// - Returns: The operation after its end; `nil` if there is none with this id.
    /// - Throws: ``JobsClientError``; `CancellationError`.
    public func ended(
        operation id: String, every interval: Duration = .seconds(1),
        onProgress: (BulkOperation) -> Void = { _ in }
    ) async throws -> BulkOperation? {
        while let found = try await operation(id) {
            onProgress(found)
            if found.isEnded { return found }
            try await Task.sleep(for: interval)
        }
        return nil
    }
}
