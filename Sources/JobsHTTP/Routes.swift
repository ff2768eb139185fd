import HTTPEdge
import HTTPTypes
import JSON
import Jobs
public import JobsEngine
public import Logging

/// A set of routes that an endpoint serves together.
public struct Routes: Sendable {
    struct Route: Sendable {
        let method: HTTPRequest.Method
        var answersInMaintenance = false
        /// Whether it only says how the service is: it is then answered also where there are too many
        /// connections.
        var isProbe = false
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
            let handler = CommandHandler(
                command: command, service: String(base), controller: controller,
                isForbidden: command.name == "delete_jobs" && !allowsDeletingAll, logger: logger)
            var route = Route(method: .post, scope: command.scope, handle: handler.handle)
            route.onRefusal = handler.refuse
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

extension Routes {
    /// Those that only say how the service is.
    public var probes: Routes {
        let probes = routes.filter(\.value.isProbe)
        return Routes(routes: probes, operations: operations.filter { probes[$0.path] != nil })
    }
}
