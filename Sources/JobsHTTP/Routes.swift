import HTTPEdge
import HTTPTypes
import JSON
import Jobs
import JobsAPI
public import JobsEngine
public import Logging

/// A set of routes that an endpoint serves together.
public struct Routes: Sendable {
    struct Route: Sendable {
        let method: HTTPRequest.Method
        var answersInMaintenance = false
        /// Whether it only reports the health of the service. Such routes are also served on
        /// connections above the limit.
        var isProbe = false
        /// The scope that a caller needs if the service has access control; `nil` for none.
        var scope: AccessScope? = .read
        /// Whether a caller has to be known, also if it needs no scope.
        var needsCaller = false
        /// Whether pages of other origins are refused, unless they are allowed, as for operations.
        var checksOrigin = false
        /// Called for requests that are refused before `handle`.
        var onRefusal: (@Sendable (Call, any Error) -> Void)?
        let handle: @Sendable (Call) async throws -> Answer
    }

    /// The routes by path, with the leading slash. Each has one method.
    let routes: [String: Route]
    /// The descriptions of the routes that the OpenAPI document contains.
    var operations: [Operation] = []

    /// The operations on jobs: `POST /<base route>/<operation>`.
    /// - Parameter allowsDeletingAll: Whether `delete_jobs`, and deleting the jobs of a filter, is
    ///   allowed.
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
                allowsDeletingAll: allowsDeletingAll, logger: logger)
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
    /// The routes that only report the health of the service.
    public var probes: Routes {
        let probes = routes.filter(\.value.isProbe)
        return Routes(routes: probes, operations: operations.filter { probes[$0.path] != nil })
    }
}
