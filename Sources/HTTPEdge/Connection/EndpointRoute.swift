package import HTTPTypes

/// How an endpoint handles the requests to one path.
package struct EndpointRoute: Sendable {
    let method: HTTPRequest.Method
    /// Whether the route is served during maintenance.
    package var answersInMaintenance = false
    /// Whether the route is a health probe, which is answered even when there are too many
    /// connections.
    package var isProbe = false
    /// Whether the route changes nothing, so that its answer can be refused after the handler ran.
    package var readsOnly = false
    /// Whether pages of other origins are refused, unless they are allowed: see ``CORS``.
    package var checksOrigin: Bool
    /// Throws if the caller is not allowed to make the call. Runs before the body is read, and may
    /// store what it finds out in ``Call/context``.
    package var admit: (@Sendable (inout Call) throws -> Void)?
    /// Called for each call that was refused before `handle`.
    package var onRefusal: (@Sendable (Call, any Error) -> Void)?
    let handle: @Sendable (Call) async throws -> Answer

    package init(
        method: HTTPRequest.Method, handle: @escaping @Sendable (Call) async throws -> Answer
    ) {
        self.method = method
        checksOrigin = method == .post
        self.handle = handle
    }
}
