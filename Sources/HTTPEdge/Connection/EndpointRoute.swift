package import HTTPTypes

/// What an endpoint does for the requests to one path.
package struct EndpointRoute: Sendable {
    let method: HTTPRequest.Method
    /// Whether it is served in maintenance too.
    package var answersInMaintenance = false
    /// Whether it only says how the service is: it is then answered also where there are too many
    /// connections.
    package var isProbe = false
    /// Whether it changes nothing, so that its answer can still be refused.
    package var readsOnly = false
    /// Throws if the caller may not have it done. Called before anything is read of the body, and may
    /// leave what it has found out in ``Call/context``.
    package var admit: (@Sendable (inout Call) throws -> Void)?
    /// Hears of calls that were not let through to `handle`.
    package var onRefusal: (@Sendable (Call, any Error) -> Void)?
    let handle: @Sendable (Call) async throws -> Answer

    package init(
        method: HTTPRequest.Method, handle: @escaping @Sendable (Call) async throws -> Answer
    ) {
        self.method = method
        self.handle = handle
    }
}
