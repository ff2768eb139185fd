import HTTPEdge
import HTTPTypes
import JSON
public import JobsAPI
import NIOCore

extension Routes {
    /// The description of other routes: `GET /openapi.json` (OpenAPI 3.1) for programs and `GET
    /// /docs` for people.
    ///
    /// - Parameters:
    ///   - isProtected: Whether callers have to authenticate.
    ///   - yamlRoutes: The routes of the document in YAML, as in the original services.
    /// - Throws: If it cannot be written in YAML or HTML.
    public static func description(
        of routes: [Routes], info: APIInfo, isProtected: Bool = false,
        yamlRoutes: [String] = []
    ) throws -> Routes {
        // Only the first route of a path is served.
        var paths: Set<String> = []
        let operations = routes.flatMap(\.operations).filter { paths.insert($0.path).inserted }
            .map { isProtected ? $0.protected : $0.open }
        let document = JSONLiteral.openAPI(info, operations)
        var files = [
            "/openapi.json": Route.file(document.json, type: "application/json"),
            "/docs": Route.file(
                ByteBuffer(string: try HTMLPage.text(info, operations)),
                type: "text/html; charset=utf-8"),
        ]
        for route in yamlRoutes {
            files["/\(route.trimmingSlashes)"] = .file(
                ByteBuffer(string: try document.yaml()), type: "application/x-yaml")
        }
        return Routes(routes: files)
    }
}

extension Routes.Route {
    fileprivate static func file(_ body: ByteBuffer, type: String) -> Routes.Route {
        var headers = Answer.noCacheHeaders
        headers[.contentType] = type
        // The page contains nothing that a browser has to run or fetch.
        headers[.contentSecurityPolicy] = "default-src 'none'; style-src 'unsafe-inline'"
        let answer = Answer(status: .ok, headers: headers, body: body)
        return Routes.Route(method: .get, scope: nil) { _ in answer }
    }
}
