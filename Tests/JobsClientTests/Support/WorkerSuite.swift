import InMemoryLogging
import JobsClient
import Logging
import ServiceLifecycle

/// The common part of the suites of the worker: a store of jobs, and workers on it.
protocol WorkerSuite {
    var client: MemoryJobsClient { get }
    var log: InMemoryLogHandler { get }
}

extension WorkerSuite {
    var logger: Logger {
        Logger(label: "test") { _ in
            var log = log
            log.logLevel = .debug
            return log
        }
    }

    /// Runs a worker during `body`, and then shuts it down gracefully.
    func withWorker(
        _ client: (any JobsClient)? = nil, concurrency: Int = 4, timeout: Duration = .seconds(30),
        options: JobsWorkerOptions = .quick(),
        handler: @escaping @Sendable (Job) async throws -> Void,
        while body: @escaping @Sendable (ServiceGroup) async throws -> Void
    ) async throws {
        let worker = JobsWorker(
            client ?? self.client, type: "mail", concurrency: concurrency, timeout: timeout,
            options: options, logger: logger, handler: handler)
        try await run(worker, while: body)
    }

    /// Runs a worker whose handler takes a context during `body`, and then shuts it down
    /// gracefully.
    func withWorker(
        _ client: (any JobsClient)? = nil, concurrency: Int = 4, timeout: Duration = .seconds(30),
        options: JobsWorkerOptions = .quick(),
        handler: @escaping @Sendable (Job, JobContext) async throws -> Void,
        while body: @escaping @Sendable (ServiceGroup) async throws -> Void
    ) async throws {
        let worker = JobsWorker(
            client ?? self.client, type: "mail", concurrency: concurrency, timeout: timeout,
            options: options, logger: logger, handler: handler)
        try await run(worker, while: body)
    }

    func run(
        _ worker: JobsWorker, while body: @escaping @Sendable (ServiceGroup) async throws -> Void
    ) async throws {
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: worker)], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await body(group)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    @discardableResult
    func add(_ count: Int, params: JSONText? = nil) async throws -> [JobID] {
        try await client.add(
            (0..<count).map { NewJob(type: "mail", refID: "\($0)", params: params) }
        ).map { try $0.get().id }
    }

    func details(of id: JobID) async throws -> DetailedJob {
        guard let job = try await client.details(of: id) else { throw Sorry() }
        return job
    }

    func completed() async throws -> Int {
        try await client.list().jobs.count { $0.completed != nil }
    }
}

struct Sorry: Error {}

extension JobsWorkerOptions {
    /// Options for stores that answer at once.
    static func quick(
        longestPause: Duration = .milliseconds(50), retryDelay: RetryDelay = .none,
        gracePeriod: Duration = .seconds(30)
    ) -> JobsWorkerOptions {
        var options = JobsWorkerOptions()
        options.longestPause = longestPause
        options.retryDelay = retryDelay
        options.gracePeriod = gracePeriod
        return options
    }
}
