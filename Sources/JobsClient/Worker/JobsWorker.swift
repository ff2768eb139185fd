public import Logging
public import ServiceLifecycle

/// Claims jobs of a type and has each of them handled, some at a time.
///
///     let worker = JobsWorker(client, type: "mail", concurrency: 8, timeout: .seconds(60)) { job in
///         try await send(job.decodeParams(as: Mail.self))
///     }
///     try await ServiceGroup(services: [worker], logger: logger).run()
///
/// A job is completed when its handler returns, and given back when it throws, for a time that grows with
/// each attempt (``JobsWorkerOptions/retryDelay``). Its lease is extended
/// as long as the handler runs. When the lease is lost, since somebody took the job over or because the
/// service was out of reach for too long, the handler's task is cancelled, at the latest when the lease
/// ends by this machine's clock, counted from before it was asked for. What such a handler did does not
/// count. So handlers have to heed cancellation; and since a worker may die behind its work, before that
/// is known, each has to bear that the same job is handled twice.
public struct JobsWorker: Service {
    let client: any JobsClient
    let type: String
    let concurrency: Int
    let timeout: Duration
    let options: JobsWorkerOptions
    let logger: Logger
    let handler: @Sendable (Job) async throws -> Void

    /// - Parameters:
    ///   - concurrency: the most jobs at a time.
    ///   - timeout: how long a lease lasts, and so how long a job of a worker that died is left
    ///     alone. A third of it has to be enough for any call.
    ///   - handler: `job.retries` tells the attempt. Calls of a client made in it carry the job's id
    ///     as their correlation id.
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

    /// A worker whose handler gets the params as a value of its own type. A job whose params are none
    /// is not handled: that is logged as an error, and the job given back for a while.
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

    /// Works until the task is cancelled, or a shutdown of the service group begins. Then it claims no
    /// more, lets handlers finish within the grace period, and gives back what is left. Failures of
    /// calls are logged and waited out; they never end it. Returns when all handlers have.
    public func run() async throws {
        await WorkerRun(self).run()
    }
}

/// A job is not for this handler.
struct UndecodableParams: Error {
    let reason: any Error
}
