import HTTPTypes
import NIOCore

/// Decides which pages of other origins may call the service from a browser.
///
/// A browser lets any page send a POST with the user's certificate and from the user's network; it
/// only hides the answer from the page. So unless every origin is allowed, an operation that a page
/// of another origin requests is refused before it has any effect.
struct CORS: Sendable {
    /// `nil` allows all origins.
    private let origins: Set<String>?
    private let headers: String
    private let isSecure: Bool
    private let exposure: Exposure

    /// Who reaches a service without keys, which a page could use from a visitor's network.
    enum Exposure {
        /// The service has keys, which a page does not know.
        case none
        /// This machine only. The service's own origin has no other host.
        case machine
        /// A network, in which the service may have a name.
        case network
    }

    /// - Parameters:
    ///   - origins: the allowed origins, see ``EndpointOptions/corsOrigins``.
    ///   - headers: what pages may send and read, besides the correlation id.
    ///   - isSecure: whether the service itself serves HTTPS.
    ///   - exposure: the networks from which a service without keys can be reached.
    init(
        origins: [String], headers: [String], isSecure: Bool = false, exposure: Exposure = .none
    ) {
        let allowsAll = origins.isEmpty || origins.contains("*")
        self.origins =
            allowsAll ? nil : Set(origins.filter { $0 != "none" }.map(\.normalizedOrigin))
        self.isSecure = isSecure
        self.exposure = exposure
        let always = ["correlation_id", "trace_id", "content-type"]
        let others = headers.filter { !always.contains($0.lowercased()) }
        self.headers = (always + others).joined(separator: ", ")
    }

    /// Whether a request may be carried out: it does not come from a browser, or it comes from a
    /// page of the service's own origin or of an allowed one.
    ///
    /// - Parameter isChange: whether it may change anything.
    func permits(_ request: HTTPRequest, isChange: Bool = true) -> Bool {
        guard let origins else { return true }
        if isRebound(request, isChange: isChange) { return false }
        let site = request.headerFields[.secFetchSite]?.lowercased()
        // Only the browser can set this header. A proxy in front may have changed the host.
        if site == "same-origin" { return true }
        let isCrossSite = site == "cross-site"
        guard let origin = request.headerFields[.origin]?.normalizedOrigin else {
            return !isCrossSite
        }
        return origins.contains(origin) || !isCrossSite && isOwn(origin, request.authority)
    }

    /// Whether a request may come from a page of another machine whose host name now resolves to a
    /// local address (DNS rebinding). Such a page has the origin of the service, so it could also
    /// read the answers. Its host is a name that is not local, and the request lacks
    /// `Sec-Fetch-Site`, which browsers send only to local names and over HTTPS.
    ///
    /// In a network, the own pages of the service may have such a name as well. They only read if
    /// the service has no keys, so changes are refused there, but only under names that a stranger
    /// can own.
    func isRebound(_ request: HTTPRequest, isChange: Bool) -> Bool {
        guard exposure != .none, request.headerFields[.secFetchSite] == nil, let origins,
            let origin = request.headerFields[.origin]?.normalizedOrigin,
            let authority = request.authority, !authority.isOfThisMachine
        else { return false }
        if exposure == .network, !isChange || authority.isOfThisNetwork { return false }
        return !origins.contains(origin)
    }

    /// Whether a page has the origin of the service. A service that serves plain HTTP may have a
    /// proxy in front of it that serves HTTPS.
    private func isOwn(_ origin: String, _ authority: String?) -> Bool {
        guard let authority, !authority.isEmpty else { return false }
        return origin == "https://\(authority)".normalizedOrigin
            || !isSecure && origin == "http://\(authority)".normalizedOrigin
    }

    private func allows(_ origin: String) -> Bool {
        origins?.contains(origin.normalizedOrigin) ?? true
    }

    /// Adds the headers with which a browser lets a page of this origin read the answer.
    func decorate(_ headers: inout HTTPFields, origin: String) {
        headers[.vary] = "Origin"
        guard allows(origin) else { return }
        headers[.accessControlAllowOrigin] = origin
        headers[.accessControlExposeHeaders] = self.headers
    }

    /// The answer to a preflight request.
    func preflight(method: HTTPRequest.Method, origin: String) -> Answer {
        var answer = Answer(status: .noContent, headers: Answer.noCacheHeaders)
        guard allows(origin) else { return answer }
        answer.headers[.accessControlAllowMethods] = "\(method.rawValue), OPTIONS"
        answer.headers[.accessControlAllowHeaders] = headers
        answer.headers[.accessControlMaxAge] = "5"
        answer.headers[.accessControlAllowCredentials] = "true"
        return answer
    }
}

extension HTTPFailure {
    static let foreignOrigin = HTTPFailure(
        status: .forbidden, category: "Unauthorized", code: "FOREIGN_ORIGIN",
        message: "Pages of this origin may not call: cors_origins, in the configuration of this "
            + "service, does not list it")
}

extension String {
    /// Whether an authority has an IP address, or a name that only this machine can have (RFC
    /// 6761).
    fileprivate var isOfThisMachine: Bool {
        if hasPrefix("[") { return true }
        let host = lowercased().prefix { $0 != ":" }
        return host == "localhost" || host.hasSuffix(".localhost")
            || (try? SocketAddress(ipAddress: String(host), port: 0)) != nil
    }

    /// Whether the host cannot be registered as a public domain: a name without a domain, or one in
    /// a domain for private use.
    fileprivate var isOfThisNetwork: Bool {
        var host = lowercased().prefix { $0 != ":" }
        if host.hasSuffix(".") { host.removeLast() }
        let last = host.split(separator: ".").last ?? ""
        return !host.contains(".") || host.hasSuffix(".home.arpa")
            || [
                "local", "internal", "lan", "test", "svc", "home", "corp", "intranet", "private",
                "localdomain",
            ].contains(last)
    }

    /// The origin as browsers write it: in lower case, without a trailing slash and without the
    /// default port of its scheme.
    fileprivate var normalizedOrigin: String {
        var origin = lowercased()[...]
        while origin.hasSuffix("/") { origin = origin.dropLast() }
        for (scheme, port) in [("http://", ":80"), ("https://", ":443")]
        where origin.hasPrefix(scheme) && origin.hasSuffix(port) {
            origin = origin.dropLast(port.count)
        }
        return String(origin)
    }
}

extension HTTPField.Name {
    // A valid field name (an RFC 9110 token).
    static let secFetchSite = HTTPField.Name("Sec-Fetch-Site")!
}
