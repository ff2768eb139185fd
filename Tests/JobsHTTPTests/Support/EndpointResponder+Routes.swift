@testable import HTTPEdge
@testable import JobsHTTP

extension EndpointResponder {
    /// - Parameter access: nil: everybody may do everything.
    init(options: EndpointOptions, routes: [Routes], access: Access? = nil) {
        self.init(
            options: access == nil ? options : options.takingCredentials,
            routes: routes.served(to: access),
            refusals: Refusals(label: "jobs_requests_refused_total"))
    }
}
