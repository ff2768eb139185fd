public import Logging
public import ServiceLifecycle

/// A worker that claims jobs of one type and runs a handler for each, several at a time.
///
///     let worker = JobsWorker(
///         client, type: "mail", concurrency: 8, timeout: .seconds(60)
///     ) { job in
///         try await send(job.decodeParams(as: Mail.self))
///     }
///     try await ServiceGroup(services: [worker], logger: logger).run()
///
/// The job is completed when its handler returns. When the handler throws, the job is aborted with
/// a delay that grows with each attempt (``JobsWorkerOptions/retryDelay``). The worker extends the
/// lease while the handler runs.
///
/// When the lease is lost, because another worker took the job over or the service was unavailable
/// for too long, the task of the handler is cancelled. This happens at the latest when the lease
/// ends by the clock of this machine, counted from before the claim was sent. The result of such a
/// handler is ignored. So a handler has to respond to cancellation. It also has to be idempotent: a
/// worker may stop after the work but before it reports the completion, and then the job is handled
/// again.
public struct JobsWorker: Service {
    let client: any JobsClient
    let type: String
    let concurrency: Int
    let timeout: Duration
    let options: JobsWorkerOptions
    let logger: Logger
    let handler: @Sendable (Job) async throws -> Void

    /// Creates a worker whose handler receives the job.
    ///
    /// - Parameters:
    ///   - client: The client of the service.
    ///   - type: The type of the jobs to claim.
    ///   - concurrency: The maximum number of jobs at a time, at least 1.
    ///   - timeout: The duration of a lease, more than 0. The job of a crashed worker can be
    ///     claimed again after this time. Every call has to succeed within a third of it.
    ///   - options: Further settings.
    ///   - logger: Logs attempts, failures and lost leases.
    ///   - handler: Does the work. `job.retries` is the number of the attempt. Calls of a client in
    ///     the handler send the id of the job as their correlation id.
    public init(
        _ client: any JobsClient, type: String, concurrency: Int = 1, timeout: Duration,
        options: JobsWorkerOptions = JobsWorkerOptions(),
        logger: Logger = Logger(label: "jobs-worker"),
        handler: @escaping @Sendable (Job) async throws -> Void
    ) {
        precondition(concurrency > 0, "a worker handles at least one job at a time")
        precondition(timeout > .zero, "a lease lasts for some time")
        self.client = client
        self.type = type
        self.concurrency = concurrency
        self.timeout = timeout.bounded
        self.options = options
        self.logger = logger
        self.handler = handler
    }

    /// Creates a worker whose handler receives the decoded params and the job.
    ///
    /// If the params of a job cannot be decoded, the worker logs an error and aborts the job with
    /// ``JobsWorkerOptions/undecodableDelay``.
    ///
    /// - Parameters:
    ///   - client: The client of the service.
    ///   - type: The type of the jobs to claim.
    ///   - params: The type of the params.
    ///   - concurrency: The maximum number of jobs at a time, at least 1.
    ///   - timeout: The duration of a lease, more than 0. The job of a crashed worker can be
    ///     claimed again after this time. Every call has to succeed within a third of it.
    ///   - options: Further settings.
    ///   - logger: Logs attempts, failures and lost leases.
    ///   - handler: Does the work. `job.retries` is the number of the attempt.
    public init<Params: Decodable & Sendable>(
        _ client: any JobsClient, type: String, params: Params.Type, concurrency: Int = 1,
        timeout: Duration, options: JobsWorkerOptions = JobsWorkerOptions(),
        logger: Logger = Logger(label: "jobs-worker"),
        handler: @escaping @Sendable (Params, Job) async throws -> Void
    ) {
        self.init(
            client, type: type, concurrency: concurrency, timeout: timeout, options: options,
            logger: logger
        ) { job in
            let params: Params
            do {
                params = try job.decodeParams()
            } catch {
                throw UndecodableParams(reason: error)
            }
            try await handler(params, job)
        }
    }

    /// Claims and handles jobs until the task is cancelled or the service group shuts down.
    ///
    /// After a shutdown begins, the worker claims no more jobs. Handlers may finish within the
    /// grace period; then they are cancelled and their jobs are aborted. A failed call is logged
    /// and tried again; it never ends the worker. Returns when all handlers have returned.
    public func run() async throws {
        await WorkerRun(self).run()
    }
}

/// The error of a job whose params the handler cannot decode.
struct UndecodableParams: Error {
    let reason: any Error
}
