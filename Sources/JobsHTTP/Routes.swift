import HTTPTypes
public import Jobs
public import Logging

/// A set of routes that an endpoint serves together.
public struct Routes: Sendable {
    struct Route: Sendable {
        let method: HTTPRequest.Method
        var answersInMaintenance = false
        let handle: @Sendable (Call) async throws -> Answer
    }

    /// By path, with the leading slash. One method each.
    let routes: [String: Route]
    /// What the routes do, as far as callers are to be told.
    var operations: [Operation] = []

    /// The operations on jobs: `POST /<base route>/<operation>`.
    public static func jobs(
        _ controller: JobsController, baseRoute: String = "v1/jobs", logger: Logger
    ) -> Routes {
        let base = baseRoute.trimmingSlashes
        let path = { (command: Command) in
            base.isEmpty ? "/\(command.name)" : "/\(base)/\(command.name)"
        }
        let routes = Command.all.map { command in
            let name = "\(base).\(command.name)"
            let metrics = CommandMetrics(service: String(base), command: command.name)
            let route = Route(method: .post) { call in
                if logger.logLevel <= .trace {
                    logger.trace("Executing \(name) method", metadata: call.logMetadata)
                }
                do {
                    return try await metrics.measure {
                        let arguments = try Arguments(await call.jsonBody(), for: command)
                        let result = try await command.call(arguments, controller)
                        controller.release(result.started, ifUndeliveredTo: Caller.current, logger)
                        return result.json(correlationID: call.correlationID).map(Answer.json)
                            ?? .nothing
                    }
                } catch {
                    logger.log(error, of: name, call)
                    throw error
                }
            }
            return (path(command), route)
        }
        return Routes(
            routes: Dictionary(routes) { first, _ in first },
            operations: Command.all.map { Operation($0, path: path($0)) })
    }
}

extension JobsController {
    /// Gives jobs back whose caller will never learn that they are his.
    fileprivate func release(
        _ started: [StartedJob], ifUndeliveredTo caller: Caller?, _ logger: Logger
    ) {
        guard let caller, !started.isEmpty else { return }
        caller.ifUndelivered {
            Task {
                do {
                    try await release(started)
                } catch {
                    // Then the leases lapse in their time.
                    logger.debug("Failed to give back jobs whose caller has gone", error: error)
                }
            }
        }
    }
}

extension Logger {
    /// A lease or a connection that was lost is nobody's fault here; everything else somebody has
    /// to look into.
    fileprivate func log(_ error: any Error, of name: String, _ call: Call) {
        let message: Message = "Failed to execute \(name) method"
        switch error {
        case JobsError.lockLost, is ConnectionLost:
            debug(message, error: error, metadata: call.logMetadata)
        case let failure as HTTPFailure:
            self.error("\(message): \(failure.message)", metadata: call.logMetadata)
        default: self.error(message, error: error, metadata: call.logMetadata)
        }
    }
}

extension String {
    var trimmingSlashes: Substring {
        var text = self[...]
        while text.hasPrefix("/") { text.removeFirst() }
        while text.hasSuffix("/") { text.removeLast() }
        return text
    }
}
