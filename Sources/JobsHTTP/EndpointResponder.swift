import HTTPTypes
import HummingbirdCore
import Jobs
import Logging
import NIOCore

/// Finds the route of a request and turns whatever comes of it into an answer.
struct EndpointResponder: Sendable {
    private let routes: [String: Routes.Route]
    private let cors: CORS
    private let options: EndpointOptions
    let places: Places
    private let refusals: Refusals

    init(options: EndpointOptions, routes: [Routes], refusals: Refusals = Refusals()) {
        self.options = options
        self.refusals = refusals
        places = Places(limit: options.maxRequests)
        cors = CORS(origins: options.corsOrigins, headers: options.corsHeaders)
        self.routes = routes.reduce(into: [:]) { all, more in
            all.merge(more.routes) { first, _ in first }
        }
    }

    /// - Throws: only ``ConnectionLost``, when there is nobody to answer.
    func respond(to request: Request) async throws -> Answer {
        let call = Call(request: request, requestMaxSize: options.requestMaxSize)
        var answer: Answer
        do {
            answer = try await route(call)
        } catch let error as ConnectionLost {
            throw error
        } catch {
            let failure = HTTPFailure(error)
            refusals.count(failure)
            answer = Answer(failure, correlationID: call.correlationID)
        }
        if let origin = request.headers[.origin] { cors.decorate(&answer.headers, origin: origin) }
        answer.headers[.date] = HTTPDate.now()
        if answer.status != .noContent {
            answer.headers[.contentLength] = String(answer.body?.readableBytes ?? 0)
        }
        // An answer to HEAD has no body, whatever its headers say.
        if request.method == .head { answer.body = nil }
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
            // What only tells something is told to whoever wants to know why the rest is refused.
            guard method == .post else { return try await route.handle(call) }
            guard places.take() else { throw JobsError.overloaded }
            defer { places.giveBack() }
            return try await route.handle(call)
        }
        guard method == .options, let origin = call.request.headers[.origin] else {
            throw HTTPFailure.methodNotAllowed(method, allowed: route.method.rawValue)
        }
        return cors.preflight(method: route.method, origin: origin)
    }
}
