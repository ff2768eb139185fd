import Logging
public import ServiceLifecycle

/// A worker that claims jobs of one type, or of several, and runs a handler for each, several at a
/// time.
///
///     let worker = JobsWorker(
///         client, type: "mail", concurrency: 8, timeout: .seconds(60)
///     ) { job in
///         try await send(job.decodeParams(as: Mail.self))
///     }
///     try await ServiceGroup(services: [worker], logger: logger).run()
///
/// The job is completed when its handler returns, with the value that the handler returns as its
/// result. When the handler throws, the job fails with the error's type and description; a
/// ``JobFailure`` says more. The retry policy of the job, or the service's, then decides when it is
/// tried again and when it has failed for good; see ``JobsWorkerOptions/retryDelay``. A service
/// that does not know failures gets the job back with a delay that grows with each attempt.
///
/// The worker extends the lease while the handler runs. A handler that takes a ``JobContext`` can
/// report progress. When an extension shows that the job is to be cancelled, the task of the
/// handler is cancelled, and the job is given back as soon as the handler ends, even if it returns
/// as if the work were done. The service then cancels the job.
///
/// When the lease is lost, because another worker took the job over or the service was unavailable
/// for too long, the task of the handler is cancelled. This happens at the latest when the lease
/// ends by the clock of this machine, counted from before the claim was sent. The result of such a
/// handler is ignored. So a handler has to respond to cancellation. It also has to be idempotent: a
/// worker may stop after the work but before it reports the completion, and then the job is handled
/// again.
public struct JobsWorker: Service {
    let client: any JobsClient
    /// The types of the jobs to claim, the most preferred first.
    let types: [String]
    let concurrency: Int
    let timeout: Duration
    let options: JobsWorkerOptions
    let logger: Logger
    let handler: Handler

    /// Does the work of a job, and returns the result.
    typealias Handler = @Sendable (Job, JobContext) async throws -> JSONText?

    init(
        _ client: any JobsClient, _ types: [String], _ concurrency: Int, _ timeout: Duration,
        _ options: JobsWorkerOptions, _ logger: Logger, handler: @escaping Handler
    ) {
        precondition(
            (1...Claim.maximumTypes).contains(types.count),
            "a worker handles jobs of 1 to \(Claim.maximumTypes) types")
        precondition(concurrency > 0, "a worker handles at least one job at a time")
        precondition(timeout > .zero, "a lease lasts for some time")
        self.client = client
        self.types = types
        self.concurrency = concurrency
        self.timeout = timeout.bounded
        self.options = options
        self.logger = logger
        self.handler = handler
    }

    /// Claims and handles jobs until the task is cancelled or the service group shuts down.
    ///
    /// After a shutdown begins, the worker claims no more jobs. Handlers may finish within the
    /// grace period; then they are cancelled and their jobs are given back, which does not count as
    /// a failure. A failed call is logged and tried again; it never ends the worker. Returns when
    /// all handlers have returned.
    public func run() async throws {
        await WorkerRun(self).run()
    }
}
