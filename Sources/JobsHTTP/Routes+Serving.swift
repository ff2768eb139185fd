public import HTTPEdge
import HTTPTypes
import HummingbirdCore
import JobsAPI
public import Logging

extension HTTPEndpoint {
    /// - Parameter access: The access control; `nil` if every caller may use every operation.
    /// - Throws: ``TLSFiles/Fault``
    public init(
        options: EndpointOptions, routes: [Routes], access: Access? = nil, logger: Logger
    ) throws {
        try self.init(
            options: access == nil ? options : options.takingCredentials,
            routes: routes.served(to: access),
            refusals: Refusals(label: "jobs_requests_refused_total"), logger: logger)
    }
}

extension EndpointOptions {
    /// The options with pages of other origins allowed to send credentials.
    var takingCredentials: EndpointOptions {
        var options = self
        options.corsHeaders += Access.headers
        return options
    }
}

extension [Routes] {
    /// The routes by path; the first one of each path is served.
    /// - Parameter access: The access control; `nil` if every caller may use every operation.
    func served(to access: Access?) -> [String: EndpointRoute] {
        reduce(into: [:]) { all, more in
            all.merge(more.routes.mapValues { $0.served(to: access) }) { first, _ in first }
        }
    }
}

extension Routes.Route {
    fileprivate func served(to access: Access?) -> EndpointRoute {
        var route = EndpointRoute(method: method, handle: handle)
        route.answersInMaintenance = answersInMaintenance
        route.isProbe = isProbe
        route.readsOnly = scope == .read
        if checksOrigin { route.checksOrigin = true }
        route.onRefusal = onRefusal
        if let access, scope != nil || needsCaller {
            route.admit = { [scope] call in
                let admission = try Admission(call.request.headers, by: access)
                // First, so that the log of a refusal contains the caller.
                call.admission = admission
                if let scope { try admission.require(scope) }
            }
        }
        return route
    }
}
