/// Changing one job.
extension JobsClient {
    /// Changes one job.
    ///
    /// - Returns: The job after the change; `nil` if the job does not exist.
    /// - Throws: ``JobsClientError``, of the kind ``JobsClientError/Kind/lockLost`` if the token is
    ///   not that of the last lease; `CancellationError`.
    public func change(_ change: JobChange) async throws -> Job? {
        guard let result = try await self.change([change]).first else {
            throw JobsClientError.notUnderstood("result")
        }
        return try result.get()
    }

    /// Moves the end of a lease to `timeout` from now, later or earlier than before.
    ///
    /// - Parameters:
    ///   - lease: The job and the token of its lease.
    ///   - timeout: The duration of the lease from now.
    ///   - progress: The progress of the work, which replaces the one before, at most
    ///     `Job.maximumProgressBytes`; `nil` to leave it. A service that does not know progress
    ///     ignores it.
    /// - Returns: The job after the change. If its `Job.cancelRequested` is set, the lease holder
    ///   should stop its work and end the lease. `nil` if the job does not exist.
    /// - Throws: ``JobsClientError``, of the kind ``JobsClientError/Kind/lockLost`` if the token is
    ///   not that of the last lease; `CancellationError`.
    public func extend(
        _ lease: LeaseReference, timeout: Duration, progress: JSONText? = nil
    ) async throws -> Job? {
        try await change(
            JobChange(lease, .extend(timeout: timeout.milliseconds, progress: progress)))
    }

    /// Moves the end of a lease, and reports an encodable value as the progress of the work.
    ///
    /// - Parameters:
    ///   - lease: The job and the token of its lease.
    ///   - timeout: The duration of the lease from now.
    ///   - progress: The progress of the work; a value that is encoded as null leaves the one
    ///     before.
    /// - Returns: The job after the change; `nil` if the job does not exist.
    /// - Throws: `EncodingError` if the progress cannot be encoded; ``JobsClientError``;
    ///   `CancellationError`.
    public func extend(
        _ lease: LeaseReference, timeout: Duration, progress: some Encodable
    ) async throws -> Job? {
        try await extend(lease, timeout: timeout, progress: JSONText.unlessNull(progress))
    }

    /// Ends a lease without completing the job.
    ///
    /// If a cancellation of the job is pending, the job is cancelled.
    ///
    /// - Parameters:
    ///   - lease: The job and the token of its lease.
    ///   - delay: The time after which the job can be claimed by type again; `nil` for at once. A
    ///     service that does not know delays ignores it.
    /// - Returns: The job after the change; `nil` if the job does not exist.
    /// - Throws: ``JobsClientError``, of the kind ``JobsClientError/Kind/lockLost`` if the token is
    ///   not that of the last lease; `CancellationError`.
    public func abort(_ lease: LeaseReference, delay: Duration? = nil) async throws -> Job? {
        try await change(JobChange(lease, .abort(delay: delay?.milliseconds)))
    }

    /// Completes a job.
    ///
    /// - Parameters:
    ///   - lease: The job and the token of its lease.
    ///   - result: The result of the work; `nil` for none. A service that does not know results
    ///     ignores it.
    /// - Returns: The job after the change. If its `Job.completed` is `nil`, it had failed or was
    ///   cancelled before. `nil` if the job does not exist.
    /// - Throws: ``JobsClientError``, of the kind ``JobsClientError/Kind/lockLost`` if the token is
    ///   not that of the last lease; `CancellationError`.
    public func complete(_ lease: LeaseReference, result: JSONText? = nil) async throws -> Job? {
        try await change(JobChange(lease, .complete(result: result)))
    }

    /// Completes a job, with an encodable value as the result of the work.
    ///
    /// - Parameters:
    ///   - lease: The job and the token of its lease.
    ///   - result: The result of the work; a value that is encoded as null is none.
    /// - Returns: The job after the change; `nil` if the job does not exist.
    /// - Throws: `EncodingError` if the result cannot be encoded; ``JobsClientError``;
    ///   `CancellationError`.
    public func complete(_ lease: LeaseReference, result: some Encodable) async throws -> Job? {
        try await complete(lease, result: JSONText.unlessNull(result))
    }

    /// Ends a lease because the attempt failed.
    ///
    /// The job can be claimed again after a delay, or it has failed for good: see `Job.failed` of
    /// the returned job. If a cancellation of the job is pending, the job is cancelled.
    ///
    /// - Parameters:
    ///   - lease: The job and the token of its lease.
    ///   - error: What went wrong; `nil` if the worker does not say.
    ///   - retry: Whether the job may be tried again.
    ///   - delay: The time until the next attempt; `nil` for that of the retry policy.
    /// - Returns: The job after the change; `nil` if the job does not exist.
    /// - Throws: ``JobsClientError``, of the kind ``JobsClientError/Kind/lockLost`` if the token is
    ///   not that of the last lease; `CancellationError`.
    public func fail(
        _ lease: LeaseReference, error: AttemptError? = nil, retry: Bool = true,
        delay: Duration? = nil
    ) async throws -> Job? {
        let failure = Failure(error: error, retry: retry, delay: delay?.milliseconds)
        return try await change(JobChange(lease, .fail(failure)))
    }

    /// Cancels a job: at once if it has no live lease, else when its lease ends in any way but the
    /// completion of the job.
    ///
    /// - Parameter id: The job to cancel.
    /// - Returns: The job after the change, which is unchanged if it has ended; `nil` if it does
    ///   not exist.
    /// - Throws: ``JobsClientError``; `CancellationError`.
    public func cancel(_ id: JobID) async throws -> Job? {
        try await change(JobChange(id, .cancel))
    }
}
