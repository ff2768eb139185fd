import Crypto
import Dashboard
import HTTPEdge
import HTTPTypes
import HummingbirdCore
import JSON
import Jobs
import JobsAPI
import NIOCore

extension Routes {
    /// The pages for operators: `GET /ui/` and the files that it loads, all with relative
    /// addresses, so that they also work behind a proxy that adds a path.
    ///
    /// `/ui` and `/` lead there. The pages keep the key of their user in the tab and send it with
    /// every call; there are no cookies, so no other page can act for the user.
    ///
    /// - Parameters:
    ///   - isProtected: Whether callers have to authenticate.
    ///   - instance: Describes the instance, as JSON, for callers that may read.
    public static func dashboard(
        _ settings: DashboardSettings, isProtected: Bool,
        instance: @escaping @Sendable () -> ServiceInstance
    ) -> Routes {
        let base = "/\(settings.route.trimmingSlashes)"
        let up = String(repeating: "../", count: base.split(separator: "/").count)
        var routes: [String: Route] = [
            "/": .redirect(to: "\(base.dropFirst())/"),
            base: .redirect(to: "\(base.split(separator: "/").last ?? "ui")/"),
        ]
        for file in PageFile.all {
            let name = file.name == PageFile.index.name ? "" : file.name
            routes["\(base)/\(name)"] = .page(file)
        }
        routes["\(base)/session"] = .session(settings, up: up, isProtected: isProtected)
        routes["\(base)/instance"] = Route(method: .get, scope: .read) { _ in
            .json(instance().json(at: .now()))
        }
        return Routes(routes: routes)
    }

    /// `GET /` leads to another path of the service.
    ///
    /// - Parameter path: The path, without a slash in front, so that it also holds behind a proxy.
    public static func root(leadingTo path: String) -> Routes {
        Routes(routes: ["/": .redirect(to: path)])
    }
}

extension Routes.Route {
    /// - Parameter location: Where the pages are, relative to the address of the route.
    fileprivate static func redirect(to location: String) -> Routes.Route {
        var headers = Answer.noCacheHeaders
        headers[.location] = location
        let answer = Answer(status: .found, headers: headers)
        return Routes.Route(method: .get, scope: nil) { _ in answer }
    }

    /// A file, which browsers keep and ask for again with its tag.
    fileprivate static func page(_ file: PageFile) -> Routes.Route {
        let digest = SHA256.hash(data: file.bytes).prefix(12)
        let digits = digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
        let tag = "\"\(digits.joined())\""
        let headers: HTTPFields = [
            .contentType: file.type, .eTag: tag, .cacheControl: "no-cache",
            .contentSecurityPolicy: policy, .xContentTypeOptions: "nosniff",
            .referrerPolicy: "no-referrer",
        ]
        let whole = Answer(status: .ok, headers: headers, body: ByteBuffer(bytes: file.bytes))
        let unchanged = Answer(status: .notModified, headers: headers)
        return Routes.Route(method: .get, scope: nil) { call in
            let known = call.request.headers[.ifNoneMatch] ?? ""
            return known.contains(tag) ? unchanged : whole
        }
    }

    /// Scripts, styles and calls of this server only; nothing inline, and no frame around it.
    private static let policy = """
        default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
        base-uri 'none'; form-action 'none'; frame-ancestors 'none'
        """
}

extension HTTPField.Name {
    // The unwrap is safe: the name is a valid token of HTTP.
    fileprivate static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
}
