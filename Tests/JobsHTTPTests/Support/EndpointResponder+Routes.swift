@testable import HTTPEdge
@testable import JobsHTTP

extension EndpointResponder {
    /// - Parameter access: The access control; `nil` if every caller may use every operation.
    init(options: EndpointOptions, routes: [Routes], access: Access? = nil) {
        self.init(
            options: access == nil ? options : options.takingCredentials,
            routes: routes.served(to: access),
            refusals: Refusals(label: "jobs_requests_refused_total"))
    }
}
