import HTTPTypes
import NIOCore

extension Routes {
    /// `GET /metrics`: what is counted here, for a program that watches the service.
    /// - Parameters:
    ///   - name: of the operation, which tells routes of the same kind apart.
    ///   - text: in the format that `contentType` names. It takes no longer than a second or so.
    public static func metrics(
        _ name: String = "metrics", route: String = "metrics", contentType: String,
        text: @escaping @Sendable () async -> String
    ) -> Routes {
        let operation = Operation.telling(
            name, path: "/\(route.trimmingSlashes)", summary: "Tells what is counted.",
            schema: ["type": "string"], mediaType: "text/plain", answers: [])
        var headers = Answer.noCacheHeaders
        headers[.contentType] = contentType
        // In maintenance too: that is when somebody looks.
        let route = Route(method: .get, answersInMaintenance: true) { [headers] _ in
            Answer(status: .ok, headers: headers, body: ByteBuffer(string: await text()))
        }
        return Routes(routes: [operation.path: route], operations: [operation])
    }
}
