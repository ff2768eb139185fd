import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// Finds the route of a request and turns its result or error into an answer.
struct EndpointResponder: Sendable {
    private let routes: [String: EndpointRoute]
    private let cors: CORS
    private let options: EndpointOptions
    /// Operations in progress.
    let operations: ConcurrencyLimit
    /// Bytes of request bodies.
    private let bodyMemory: ConcurrencyLimit
    /// Bytes of large answers.
    private let answerMemory: ConcurrencyLimit
    private let refusals: Refusals

    /// - Parameter routes: keyed by path, with the leading slash.
    init(options: EndpointOptions, routes: [String: EndpointRoute], refusals: Refusals) {
        self.options = options
        self.routes = routes
        self.refusals = refusals
        operations = ConcurrencyLimit(limit: options.maxRequests)
        bodyMemory = ConcurrencyLimit(limit: options.bodyMemory)
        answerMemory = ConcurrencyLimit(limit: options.answerMemory)
        cors = CORS(
            origins: options.corsOrigins, headers: options.corsHeaders,
            isSecure: options.tls != nil,
            exposure: !options.isOpen ? .none : options.isLoopback ? .machine : .network)
    }

    /// - Throws: only ``ConnectionLost``, if the client is gone.
    func respond(to request: Request) async throws -> Answer {
        let memory = BodyMemory(bodyMemory)
        defer { memory.giveBack() }
        let call = Call(
            request: request, requestMaxSize: options.requestMaxSize, memory: memory)
        var answer: Answer
        do {
            answer =
                if let load = ClientConnection.current?.load {
                    try await load.handle { try await route(call) }
                } else {
                    try await route(call)
                }
        } catch let error as ConnectionLost {
            throw error
        } catch {
            let failure = HTTPFailure(error)
            refusals.count(failure)
            answer = Answer(failure, correlationID: call.correlationID)
        }
        answer = completed(answer, to: request)
        // An answer to HEAD has no body, whatever its headers say.
        if request.method == .head {
            answer.body = nil
            answer.rest = nil
        }
        return answer
    }

    /// Whether an event loop can run a request, see ``LoopExecutor``. Lists are long.
    func isShort(_ request: Request) -> Bool {
        request.isShort && routes[request.uri.path]?.readsOnly != true
    }

    /// Whether a request is a health probe.
    func isProbe(_ head: HTTPRequestHead) -> Bool {
        let path = head.uri.prefix { $0 != "?" }
        guard let route = routes[String(path)], route.isProbe else { return false }
        return head.method.rawValue == route.method.rawValue
    }

    /// The answer to a request over a limit, made from its head alone.
    func refusal(of request: Request) -> Answer {
        let call = Call(request: request, requestMaxSize: 0, memory: BodyMemory(bodyMemory))
        return completed(Answer(.overloaded, correlationID: call.correlationID), to: request)
    }

    private func completed(_ answer: Answer, to request: Request) -> Answer {
        var answer = answer.completed()
        if let origin = request.headers[.origin] { cors.decorate(&answer.headers, origin: origin) }
        return answer
    }

    private func route(_ call: Call) async throws -> Answer {
        let path = call.request.uri.path
        if options.maintenanceEnabled, routes[path]?.answersInMaintenance != true {
            throw HTTPFailure.maintenance
        }
        guard let route = routes[path] else { throw HTTPFailure.notFound(path) }
        let method = call.request.method
        if method == route.method {
            let call = try admit(call, to: route)
            // Requests for information have no limit: they show why operations are refused.
            guard method == .post else { return try await route.handle(call) }
            guard !answerMemory.isFull, operations.take() else { throw HTTPFailure.overloaded }
            defer { operations.giveBack() }
            return try counted(await route.handle(call), readsOnly: route.readsOnly)
        }
        guard method == .options, let origin = call.request.headers[.origin] else {
            throw HTTPFailure.methodNotAllowed(method, allowed: route.method.rawValue)
        }
        // The preflight gets the same answer as the request that the page wants to send.
        if route.checksOrigin, !cors.permits(call.request.head, isChange: !route.readsOnly) {
            throw HTTPFailure.foreignOrigin
        }
        return cors.preflight(method: route.method, origin: origin)
    }

    /// Accounts for the memory of a large answer. Small answers do not count: they need little
    /// memory, and a connection has few of them.
    /// - Parameter readsOnly: whether the operation changed nothing, so that its answer can be
    ///   refused.
    /// - Throws: ``HTTPFailure/overloaded``
    private func counted(_ answer: Answer, readsOnly: Bool) throws -> Answer {
        let size = answer.body?.readableBytes ?? 0
        guard size > Answer.smallSize else { return answer }
        var answer = answer
        let memory = BodyMemory(answerMemory)
        if readsOnly { try memory.take(size) } else { memory.count(size) }
        answer.memory = memory
        return answer
    }

    /// Called before the body is read, so that requests that are not allowed cost little.
    private func admit(_ call: Call, to route: EndpointRoute) throws -> Call {
        var call = call
        do {
            let head = call.request.head
            let isChange = !route.readsOnly
            if route.checksOrigin
                ? !cors.permits(head, isChange: isChange)
                : cors.isRebound(head, isChange: false)
            {
                throw HTTPFailure.foreignOrigin
            }
            try route.admit?(&call)
        } catch {
            route.onRefusal?(call, error)
            throw error
        }
        return call
    }
}
