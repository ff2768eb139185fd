import Foundation
import HTTPTestSupport
import HTTPTypes
import JSON
import Jobs
import JobsEngine
import JobsMemory
import JobsTestSupport
import Logging
import NIOCore
import NIOSSL
import ServiceLifecycle
import Testing

@testable import HTTPEdge
@testable import JobsHTTP

/// A whole endpoint on a free port of this machine, over a store in memory.
struct RunningEndpoint: Sendable {
    let port: Int
    let jobs: WaitingJobsPersistence
    let log: LogRecorder
    /// Set while a request to `/slow` or `/slow-with-body` is running.
    let slowBegan: Flag
    /// Lets these requests be answered, with `"slow"`.
    let slowMayEnd: Flag
    /// Set when the endpoint has stopped.
    let hasStopped: Flag
    /// Tells the events.
    let feed: SummaryFeed
    let endpoint: HTTPEndpoint
    private let group: ServiceGroup

    /// Runs an endpoint during `body` and then stops it, also if `body` throws.
    static func run<Result: Sendable>(
        _ options: EndpointOptions = EndpointOptions(port: 0), load: LoadLimit? = nil,
        access: Access? = nil, persistence: any JobsPersistence = MemoryJobsPersistence(),
        activity: JobActivity? = nil, feed feedOptions: SummaryFeed.Options = .often,
        _ body: @Sendable @escaping (RunningEndpoint) async throws -> Result
    ) async throws -> Result {
        var options = options
        options.host = "127.0.0.1"
        let jobs = WaitingJobsPersistence(persistence, activity: activity)
        let log = LogRecorder()
        let (slowBegan, slowMayEnd, hasStopped) = (Flag(), Flag(), Flag())
        let slowly = { @Sendable in
            slowBegan.set()
            try await slowMayEnd.wait()
            return Answer.json(ByteBuffer(string: #""slow""#))
        }
        let slow = Routes(routes: [
            "/slow": Routes.Route(method: .post) { _ in try await slowly() },
            "/slow-with-body": Routes.Route(method: .post) { call in
                _ = try await call.jsonBody()
                return try await slowly()
            },
        ])
        let controller = JobsController(persistence: jobs)
        let feed = SummaryFeed(
            options: feedOptions, source: .init(instance: "host1", version: "1.2.3"),
            logger: log.logger
        ) {
            _ = try await controller.now()
        } _: {
            try await controller.knowledgeOfTypes()
        }
        var endpoint = try HTTPEndpoint(
            options: options,
            routes: [
                .jobs(controller, logger: log.logger), .events(feed), .heartbeat(), slow,
            ], access: access, logger: log.logger)
        if let load { endpoint.load = load }
        let (ports, port) = AsyncStream<Int>.makeStream()
        endpoint.onListening = { port.yield($0) }
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: endpoint)], logger: log.logger))
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer {
                    hasStopped.set()
                    port.finish()
                }
                try await group.run()
            }
            var iterator = ports.makeAsyncIterator()
            guard let port = await iterator.next() else {
                try await tasks.waitForAll()
                throw NotListening()
            }
            let running = RunningEndpoint(
                port: port, jobs: jobs, log: log, slowBegan: slowBegan, slowMayEnd: slowMayEnd,
                hasStopped: hasStopped, feed: feed, endpoint: endpoint, group: group)
            do {
                let result = try await body(running)
                slowMayEnd.set()
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
                return result
            } catch {
                slowMayEnd.set()
                await group.triggerGracefulShutdown()
                throw error
            }
        }
    }

    struct NotListening: Error {}

    /// Lends a connection to the endpoint.
    func connect<Result>(
        tls: NIOSSLContext? = nil, _ body: (inout RawConnection) async throws -> Result
    ) async throws -> Result {
        try await RawConnection.open(port: port, tls: tls, body)
    }

    /// Begins the graceful shutdown of the endpoint without waiting for its end.
    func shutDown() async {
        await group.triggerGracefulShutdown()
    }

    func addJob(refID: String = "r1", params: String? = nil) async throws {
        let params = try params.map { try JSONText($0) }
        _ = try await jobs.add([NewJob(type: "t1", refID: refID, ttl: 0, params: params)])
    }

    /// Returns when this number of claims wait.
    func whenWaiting(_ count: Int) async throws {
        for _ in 0..<10_000 where jobs.waitingCount != count {
            try await Task.sleep(for: .milliseconds(1))
        }
        try #require(jobs.waitingCount == count)
    }

    /// Returns when this number of connections are open.
    func whenConnected(_ count: Int) async throws {
        for _ in 0..<10_000 where endpoint.connectionCount != count {
            try await Task.sleep(for: .milliseconds(1))
        }
        try #require(endpoint.connectionCount == count)
    }

    func countJobs() async throws -> Int {
        try await jobs.list(JobFilter(), Paging(wantsTotal: true)).total ?? 0
    }
}

extension SummaryFeed.Options {
    /// Summaries that tests need not wait for.
    static var often: Self {
        var options = Self()
        options.interval = .milliseconds(20)
        return options
    }
}

/// The bytes of a request with a JSON body and its length.
func post(_ path: String, _ body: String = "{}", _ headers: String...) -> String {
    let headers = headers.map { $0 + "\r\n" }.joined()
    return "POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        + "Content-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)"
}

/// An `add_job` request.
func addJob(_ refID: String, _ headers: String...) -> String {
    let body = #"{"new_job":{"type":"t1","ref_id":"\#(refID)","ttl":0}}"#
    let headers = headers.map { $0 + "\r\n" }.joined()
    return "POST /v1/jobs/add_job HTTP/1.1\r\nHost: localhost\r\n"
        + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)"
}
