import Foundation
import HTTPTypes
import HummingbirdCore
import Jobs
import JobsAPI
import JobsClient
import JobsEngine
import JobsMemory
import JobsTestSupport
import Logging
import NIOCore
import ServiceLifecycle

@testable import HTTPEdge
@testable import JobsHTTP

/// A service on a free port of this machine, over a store in memory whose clock the test sets.
struct RunningService: Sendable {
    let port: Int
    let clock: TestClock
    let requests: RequestLog

    var url: String { "http://127.0.0.1:\(port)" }

    /// The operations that a service supports.
    enum Kind: Sendable {
        case full
        /// The operations of the original services, without lock tokens.
        case original
        /// All operations, but no request ids: calls with them are refused like other unknown
        /// arguments, or ignored.
        case withoutRequestIDs

        fileprivate static let originalOperations: Set = [
            "add_job", "add_uniq_job", "get_jobs", "get_job_by_id", "start_job_by_id",
            "start_job_by_type", "extend_job", "abort_job", "complete_job", "delete_job_by_id",
            "delete_jobs", "clean_jobs",
        ]

        func knows(_ path: String) -> Bool {
            let operation = path.split(separator: "/").last.map(String.init) ?? ""
            return self != .original || Self.originalOperations.contains(operation)
        }
    }

    /// An action before a request or in place of it.
    struct Interception: Sendable {
        /// The answer, given the operation and the number of its requests; `nil` for that of the
        /// service.
        let answer: @Sendable (_ operation: String, _ number: Int) async throws -> Answer?

        static let none = Interception { _, _ in nil }

        static func answer(_ body: String) -> Interception {
            Interception { _, _ in .json(ByteBuffer(string: body)) }
        }

        /// Fails the first requests of each operation, without a Retry-After.
        static func failure(_ error: JobsError, times: Int = .max) -> Interception {
            var failure = HTTPFailure(error)
            failure.headers = HTTPFields()
            return Interception { [failure] _, number in
                number <= times ? Answer(failure, correlationID: "c1") : nil
            }
        }

        static func delay(_ delay: Duration, of operations: Set<String>? = nil) -> Interception {
            Interception { operation, _ in
                if operations?.contains(operation) ?? true { try? await Task.sleep(for: delay) }
                return nil
            }
        }
    }

    /// Runs a service during `body`.
    static func run<Result: Sendable>(
        _ kind: Kind = .full, options: EndpointOptions = EndpointOptions(port: 0),
        first interception: Interception = .none, access: Access? = nil,
        _ body: @Sendable @escaping (RunningService) async throws -> Result
    ) async throws -> Result {
        var options = options
        options.host = "127.0.0.1"
        let (clock, requests) = (TestClock(), RequestLog())
        let controller = JobsController(
            persistence: MemoryJobsPersistence(clock: { clock.now }))
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let known = Routes.jobs(controller, logger: logger).routes
            .filter { kind.knows($0.key) }
        let routes = known.mapValues { route in
            Routes.Route(method: .post, scope: route.scope) { call in
                let operation = call.request.uri.path.split(separator: "/").last.map(String.init)
                let body = try await call.jsonBody()
                let number = await requests.note(operation ?? "", call, body)
                if let answer = try await interception.answer(operation ?? "", number) {
                    return answer
                }
                if kind == .withoutRequestIDs, let refusal = call.refusal(ofRequestIDsIn: body) {
                    return refusal
                }
                let request = Request(
                    head: call.request.head, body: RequestBody(buffer: body))
                let found = try await route.handle(
                    Call(
                        request: request, requestMaxSize: call.requestMaxSize,
                        memory: call.memory))
                switch kind {
                case .full: return found
                case .original: return found.withoutRequestIDs.withoutLockToken
                case .withoutRequestIDs: return found.withoutRequestIDs
                }
            }
        }
        var endpoint = try HTTPEndpoint(
            options: options, routes: [Routes(routes: routes)], access: access, logger: logger)
        let (ports, port) = AsyncStream<Int>.makeStream()
        endpoint.onListening = { port.yield($0) }
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: endpoint)], logger: logger))
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { port.finish() }
                try await group.run()
            }
            var iterator = ports.makeAsyncIterator()
            guard let port = await iterator.next() else {
                try await tasks.waitForAll()
                throw NotListening()
            }
            let running = RunningService(port: port, clock: clock, requests: requests)
            let result: Swift.Result<Result, any Error>
            do { result = .success(try await body(running)) } catch { result = .failure(error) }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return try result.get()
        }
    }

    struct NotListening: Error {}
}

/// The requests that a service has received.
actor RequestLog {
    struct Request: Sendable {
        let operation: String
        /// The body as it was received.
        let fullBody: String
        let query: String?
        let header: String?

        /// The body without the request id that the client made, which is another one in each call.
        /// Adds and claims by type have one.
        var body: String {
            let id = /,"request_id":"[0-9a-f]{32}"/
            return fullBody.replacing(id, with: "")
        }

        var hasRequestID: Bool { body != fullBody }
    }

    private(set) var all: [Request] = []

    /// - Returns: The number of requests of the operation.
    fileprivate func note(_ operation: String, _ call: Call, _ body: ByteBuffer) -> Int {
        all.append(
            Request(
                operation: operation, fullBody: String(buffer: body), query: call.request.uri.query,
                header: call.request.headers[.correlationID]))
        return all.count { $0.operation == operation }
    }

    var operations: [String] { all.map(\.operation) }
}

extension Call {
    /// What a service answers that does not know request ids, if it is to refuse what it does not
    /// know.
    fileprivate func refusal(ofRequestIDsIn body: ByteBuffer) -> Answer? {
        guard request.headers.asksForStrictHandling,
            String(buffer: body).contains(#""request_id":"#)
        else { return nil }
        return Answer(
            HTTPFailure(
                status: .badRequest, category: "BadRequest", code: "INVALID_DATA",
                message: "request_id is not known"), correlationID: nil)
    }
}

extension Answer {
    fileprivate var withoutRequestIDs: Answer {
        var answer = self
        answer.headers[.init("Preference-Applied")!] = nil  // A valid name.
        return answer
    }

    fileprivate var withoutLockToken: Answer {
        guard let body else { return self }
        let text = String(buffer: body)
        guard let start = text.range(of: #","lock_token":""#) else { return self }
        let rest = text[start.upperBound...].drop { $0 != "\"" }.dropFirst()
        var answer = self
        answer.body = ByteBuffer(string: String(text[..<start.lowerBound]) + String(rest))
        return answer
    }
}
