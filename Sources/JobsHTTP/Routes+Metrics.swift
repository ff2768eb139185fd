import HTTPEdge
import HTTPTypes
import JSON
public import JobsAPI
import NIOCore

extension Routes {
    /// `GET /metrics`: the metrics of the service, for a monitoring system.
    /// - Parameters:
    ///   - name: The name of the operation, which distinguishes routes of the same kind.
    ///   - scope: The scope that a caller needs. A caller that is limited to types of jobs is
    ///     refused, since the metrics cover all types.
    ///   - text: Returns the metrics in the format of `contentType`, within about a second.
    public static func metrics(
        _ name: String = "metrics", route: String = "metrics", contentType: String,
        scope: AccessScope = .read,
        text: @escaping @Sendable () async -> String
    ) -> Routes {
        let operation = Operation.telling(
            name, path: "/\(route.trimmingSlashes)", summary: "Returns the metrics.",
            schema: ["type": "string"], scope: scope, mediaType: "text/plain", answers: [])
        var headers = Answer.noCacheHeaders
        headers[.contentType] = contentType
        // Also in maintenance, when operators need the metrics.
        let route = Route(
            method: .get, answersInMaintenance: true, isProbe: true, scope: scope
        ) {
            [headers] call in
            guard call.principal?.types == nil else { throw CommandFailure.limited }
            return Answer(status: .ok, headers: headers, body: ByteBuffer(string: await text()))
        }
        return Routes(routes: [operation.path: route], operations: [operation])
    }
}
