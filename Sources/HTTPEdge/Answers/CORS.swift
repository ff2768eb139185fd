import HTTPTypes

/// Which pages of other origins may call the service from a browser.
///
/// A browser lets any page send a POST, with the certificate and from the network of the person who
/// looks at the page; it only keeps the answer from the page. So where not every origin may call, an operation that a
/// foreign page asks for is refused before anything is done.
struct CORS: Sendable {
    /// Nil: all.
    private let origins: Set<String>?
    private let headers: String
    private let isSecure: Bool

    /// - Parameters:
    ///   - origins: that are allowed, as of ``EndpointOptions/corsOrigins``.
    ///   - headers: that pages may send and read, beside the correlation id.
    ///   - isSecure: whether the service itself is reached by https.
    init(origins: [String], headers: [String], isSecure: Bool = false) {
        let allowsAll = origins.isEmpty || origins.contains("*")
        self.origins =
            allowsAll ? nil : Set(origins.filter { $0 != "none" }.map(\.normalizedOrigin))
        self.isSecure = isSecure
        let always = ["correlation_id", "trace_id", "content-type"]
        let others = headers.filter { !always.contains($0.lowercased()) }
        self.headers = (always + others).joined(separator: ", ")
    }

    /// Whether a request may change anything: it comes from no browser, from a page of the service's
    /// own origin, or from one that is allowed.
    func permits(_ request: HTTPRequest) -> Bool {
        guard let origins else { return true }
        let isCrossSite = request.headerFields[.secFetchSite]?.lowercased() == "cross-site"
        guard let origin = request.headerFields[.origin]?.normalizedOrigin else {
            return !isCrossSite
        }
        return origins.contains(origin) || !isCrossSite && isOwn(origin, request.authority)
    }

    /// Whether a page has the origin of the service. Where the service speaks http there may be
    /// something in front of it that speaks https.
    private func isOwn(_ origin: String, _ authority: String?) -> Bool {
        guard let authority, !authority.isEmpty else { return false }
        return origin == "https://\(authority)".normalizedOrigin
            || !isSecure && origin == "http://\(authority)".normalizedOrigin
    }

    private func allows(_ origin: String) -> Bool {
        origins?.contains(origin.normalizedOrigin) ?? true
    }

    /// Adds what a browser needs to let a page of this origin read the answer.
    func decorate(_ headers: inout HTTPFields, origin: String) {
        headers[.vary] = "Origin"
        guard allows(origin) else { return }
        headers[.accessControlAllowOrigin] = origin
        headers[.accessControlExposeHeaders] = self.headers
    }

    /// The answer to a browser that asks what it may send.
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
    /// As browsers write an origin: in lower case, without a slash at the end or the port that the
    /// scheme has anyway.
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
    // A token by the rules of HTTP.
    static let secFetchSite = HTTPField.Name("Sec-Fetch-Site")!
}
