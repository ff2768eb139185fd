public import Logging

// The kinds of handlers: with or without decoded params, a context and a result.

extension JobsWorker {
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
        self.init(client, [type], concurrency, timeout, options, logger) { job, _ in
            try await handler(job)
            return nil
        }
    }

    /// Creates a worker whose handler receives the job and a context.
    ///
    /// - Parameters:
    ///   - client: The client of the service.
    ///   - type: The type of the jobs to claim.
    ///   - concurrency: The maximum number of jobs at a time, at least 1.
    ///   - timeout: The duration of a lease, more than 0. The job of a crashed worker can be
    ///     claimed again after this time. Every call has to succeed within a third of it.
    ///   - options: Further settings.
    ///   - logger: Logs attempts, failures and lost leases.
    ///   - handler: Does the work. The context takes its progress and tells of cancellations.
    public init(
        _ client: any JobsClient, type: String, concurrency: Int = 1, timeout: Duration,
        options: JobsWorkerOptions = JobsWorkerOptions(),
        logger: Logger = Logger(label: "jobs-worker"),
        handler: @escaping @Sendable (Job, JobContext) async throws -> Void
    ) {
        self.init(client, [type], concurrency, timeout, options, logger) { job, context in
            try await handler(job, context)
            return nil
        }
    }

    /// Creates a worker whose handler receives the job and a context, and returns the result of the
    /// job.
    ///
    /// - Parameters:
    ///   - client: The client of the service.
    ///   - type: The type of the jobs to claim.
    ///   - concurrency: The maximum number of jobs at a time, at least 1.
    ///   - timeout: The duration of a lease, more than 0. The job of a crashed worker can be
    ///     claimed again after this time. Every call has to succeed within a third of it.
    ///   - options: Further settings.
    ///   - logger: Logs attempts, failures and lost leases.
    ///   - handler: Does the work and returns the result of the job. A result that cannot be
    ///     encoded fails the job; one that the service refuses, because it is too large, fails it
    ///     for good.
    public init<Output: Encodable & Sendable>(
        _ client: any JobsClient, type: String, concurrency: Int = 1, timeout: Duration,
        options: JobsWorkerOptions = JobsWorkerOptions(),
        logger: Logger = Logger(label: "jobs-worker"),
        handler: @escaping @Sendable (Job, JobContext) async throws -> Output
    ) {
        self.init(client, [type], concurrency, timeout, options, logger) { job, context in
            try JSONText.unlessNull(try await handler(job, context))
        }
    }

    /// Creates a worker whose handler receives the decoded params and the job.
    ///
    /// If the params of a job cannot be decoded, the worker logs an error and fails the job with
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
        self.init(client, [type], concurrency, timeout, options, logger) { job, _ in
            try await handler(UndecodableParams.checked(job), job)
            return nil
        }
    }

    /// Creates a worker whose handler receives the decoded params, the job and a context.
    ///
    /// If the params of a job cannot be decoded, the worker logs an error and fails the job with
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
    ///   - handler: Does the work. The context takes its progress and tells of cancellations.
    public init<Params: Decodable & Sendable>(
        _ client: any JobsClient, type: String, params: Params.Type, concurrency: Int = 1,
        timeout: Duration, options: JobsWorkerOptions = JobsWorkerOptions(),
        logger: Logger = Logger(label: "jobs-worker"),
        handler: @escaping @Sendable (Params, Job, JobContext) async throws -> Void
    ) {
        self.init(client, [type], concurrency, timeout, options, logger) { job, context in
            try await handler(UndecodableParams.checked(job), job, context)
            return nil
        }
    }

    /// Creates a worker whose handler receives the decoded params, the job and a context, and
    /// returns the result of the job.
    ///
    /// If the params of a job cannot be decoded, the worker logs an error and fails the job with
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
    ///   - handler: Does the work and returns the result of the job. A result that cannot be
    ///     encoded fails the job; one that the service refuses, because it is too large, fails it
    ///     for good.
    public init<Params: Decodable & Sendable, Output: Encodable & Sendable>(
        _ client: any JobsClient, type: String, params: Params.Type, concurrency: Int = 1,
        timeout: Duration, options: JobsWorkerOptions = JobsWorkerOptions(),
        logger: Logger = Logger(label: "jobs-worker"),
        handler: @escaping @Sendable (Params, Job, JobContext) async throws -> Output
    ) {
        self.init(client, [type], concurrency, timeout, options, logger) { job, context in
            try JSONText.unlessNull(
                try await handler(UndecodableParams.checked(job), job, context))
        }
    }
}

// Handlers of several types.

extension JobsWorker {
    /// Creates a worker of several types that share its concurrency.
    ///
    ///     let types = ["invoice", "mail"]
    ///     let worker = JobsWorker(client, types: types, timeout: .seconds(60)) { job, _ in
    ///         switch job.type {
    ///         case "invoice": try await bill(job.decodeParams())
    ///         default: try await send(job.decodeParams())
    ///         }
    ///     }
    ///
    /// - Parameters:
    ///   - client: The client of the service.
    ///   - types: The types of the jobs to claim, at least 1 and at most `Claim.maximumTypes`: a
    ///     claim gets jobs of the first one that has some.
    ///   - concurrency: The maximum number of jobs at a time, at least 1.
    ///   - timeout: The duration of a lease, more than 0. The job of a crashed worker can be
    ///     claimed again after this time. Every call has to succeed within a third of it.
    ///   - options: Further settings.
    ///   - logger: Logs attempts, failures and lost leases.
    ///   - handler: Does the work. The context takes its progress and tells of cancellations.
    public init(
        _ client: any JobsClient, types: [String], concurrency: Int = 1, timeout: Duration,
        options: JobsWorkerOptions = JobsWorkerOptions(),
        logger: Logger = Logger(label: "jobs-worker"),
        handler: @escaping @Sendable (Job, JobContext) async throws -> Void
    ) {
        self.init(client, types, concurrency, timeout, options, logger) { job, context in
            try await handler(job, context)
            return nil
        }
    }

    /// Creates a worker of several types that share its concurrency, whose handler returns the
    /// result of the job.
    ///
    /// - Parameters:
    ///   - client: The client of the service.
    ///   - types: The types of the jobs to claim, at least 1 and at most `Claim.maximumTypes`: a
    ///     claim gets jobs of the first one that has some.
    ///   - concurrency: The maximum number of jobs at a time, at least 1.
    ///   - timeout: The duration of a lease, more than 0. The job of a crashed worker can be
    ///     claimed again after this time. Every call has to succeed within a third of it.
    ///   - options: Further settings.
    ///   - logger: Logs attempts, failures and lost leases.
    ///   - handler: Does the work and returns the result of the job. A result that cannot be
    ///     encoded fails the job; one that the service refuses, because it is too large, fails it
    ///     for good.
    public init<Output: Encodable & Sendable>(
        _ client: any JobsClient, types: [String], concurrency: Int = 1, timeout: Duration,
        options: JobsWorkerOptions = JobsWorkerOptions(),
        logger: Logger = Logger(label: "jobs-worker"),
        handler: @escaping @Sendable (Job, JobContext) async throws -> Output
    ) {
        self.init(client, types, concurrency, timeout, options, logger) { job, context in
            try JSONText.unlessNull(try await handler(job, context))
        }
    }
}

/// The error of a job whose params the handler cannot decode.
struct UndecodableParams: Error {
    let reason: any Error

    /// - Returns: The decoded params.
    fileprivate static func checked<Params: Decodable>(_ job: Job) throws -> Params {
        do {
            return try job.decodeParams()
        } catch {
            throw UndecodableParams(reason: error)
        }
    }
}
