import HTTPTypes
public import Jobs
public import Logging

/// A set of routes that an endpoint serves together.
public struct Routes: Sendable {
    struct Route: Sendable {
        let method: HTTPRequest.Method
        var answersInMaintenance = false
        /// What a caller needs where not everybody may do everything; nil: nothing.
        var scope: AccessScope? = .read
        /// Hears of calls that were not let through to `handle`.
        var onRefusal: (@Sendable (Call, any Error) -> Void)?
        let handle: @Sendable (Call) async throws -> Answer
    }

    /// By path, with the leading slash. One method each.
    let routes: [String: Route]
    /// What the routes do, as far as callers are to be told.
    var operations: [Operation] = []

    /// The operations on jobs: `POST /<base route>/<operation>`.
    /// - Parameter allowsDeletingAll: whether `delete_jobs` does what it says.
    public static func jobs(
        _ controller: JobsController, baseRoute: String = "v1/jobs",
        allowsDeletingAll: Bool = true, logger: Logger
    ) -> Routes {
        let base = baseRoute.trimmingSlashes
        let path = { (command: Command) in
            base.isEmpty ? "/\(command.name)" : "/\(base)/\(command.name)"
        }
        let routes = Command.all.map { command in
            let name = "\(base).\(command.name)"
            let metrics = CommandMetrics(name: name)
            let audit = command.scope == .admin ? Audit(command: command.name, logger: logger) : nil
            let isForbidden = command.name == "delete_jobs" && !allowsDeletingAll
            var route = Route(method: .post, scope: command.scope) { call in
                if logger.logLevel <= .trace {
                    logger.trace("Executing \(name) method", metadata: call.logMetadata)
                }
                var jobID: JobID?
                do {
                    return try await metrics.measure {
                        if isForbidden { throw HTTPFailure.operationForbidden }
                        let arguments = try Arguments(await call.jsonBody(), for: command)
                        if audit != nil { jobID = arguments.namedJobID }
                        let jobs = PermittedJobs(controller, types: call.principal?.types)
                        let result = try await command.call(arguments, jobs)
                        audit?.record(call, jobID: jobID, outcome: .init(result, of: jobID))
                        controller.release(result.started, ifUndeliveredTo: Caller.current, logger)
                        return result.json(correlationID: call.correlationID).map(Answer.json)
                            ?? .nothing
                    }
                } catch {
                    // A call that breaks off is none.
                    if !(error is ConnectionLost) {
                        audit?.record(call, jobID: jobID, outcome: .init(error))
                    }
                    logger.log(error, of: name, call)
                    throw error
                }
            }
            if let audit {
                route.onRefusal = { audit.record($0, jobID: nil, outcome: .init($1)) }
            }
            return (path(command), route)
        }
        return Routes(
            routes: Dictionary(routes) { first, _ in first },
            operations: Command.all.map { command in
                let operation = Operation(command, path: path(command))
                let isForbidden = command.name == "delete_jobs" && !allowsDeletingAll
                return isForbidden ? operation.forbidden : operation
            })
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
    /// A lease or a connection that was lost is nobody's fault here, nor is it news that somebody may
    /// not do something; everything else somebody has to look into.
    fileprivate func log(_ error: any Error, of name: String, _ call: Call) {
        let message: Message = "Failed to execute \(name) method"
        switch error {
        case JobsError.lockLost, is ConnectionLost:
            debug(message, error: error, metadata: call.logMetadata)
        case let failure as HTTPFailure where failure.status == .forbidden:
            info("\(message): \(failure.message)", metadata: call.logMetadata)
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
