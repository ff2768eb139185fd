import HTTPEdge
import HTTPTypes
import JSON
import NIOCore

extension Routes {
    /// `GET /metrics`: what is counted here, for a program that watches the service.
    /// - Parameters:
    ///   - name: of the operation, which tells routes of the same kind apart.
    ///   - scope: The scope that a caller needs. A caller that is limited to types of jobs is
    ///     refused, since the metrics cover all types.
    ///   - text: in the format that `contentType` names. It takes no longer than a second or so.
    public static func metrics(
        _ name: String = "metrics", route: String = "metrics", contentType: String,
        scope: AccessScope = .read,
        text: @escaping @Sendable () async -> String
    ) -> Routes {
        let operation = Operation.telling(
            name, path: "/\(route.trimmingSlashes)", summary: "Tells what is counted.",
            schema: ["type": "string"], scope: scope, mediaType: "text/plain", answers: [])
        var headers = Answer.noCacheHeaders
        headers[.contentType] = contentType
        // Also in maintenance, when operators need the metrics.
        let route = Route(
            method: .get, answersInMaintenance: true, isProbe: true, scope: scope
        ) {
            [headers] call in
            guard call.principal?.types == nil else { throw HTTPFailure.limited }
            return Answer(status: .ok, headers: headers, body: ByteBuffer(string: await text()))
        }
        return Routes(routes: [operation.path: route], operations: [operation])
    }
}
