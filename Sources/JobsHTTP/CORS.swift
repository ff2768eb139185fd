import HTTPTypes

/// Which pages of other origins may call the service from a browser.
struct CORS: Sendable {
    private let origins: Set<String>
    private let headers: String

    /// - Parameters:
    ///   - origins: that are allowed; none or `*`: all.
    ///   - headers: that pages may send and read, beside the correlation id.
    init(origins: [String], headers: [String]) {
        self.origins = origins.contains("*") ? [] : Set(origins)
        let always = ["correlation_id", "trace_id", "content-type"]
        let others = headers.filter { !always.contains($0.lowercased()) }
        self.headers = (always + others).joined(separator: ", ")
    }

    /// Adds what a browser needs to let a page of this origin read the answer.
    func decorate(_ headers: inout HTTPFields, origin: String) {
        headers[.vary] = "Origin"
        guard origins.isEmpty || origins.contains(origin) else { return }
        headers[.accessControlAllowOrigin] = origin
        headers[.accessControlExposeHeaders] = self.headers
    }

    /// The answer to a browser that asks what it may send.
    func preflight(method: HTTPRequest.Method, origin: String) -> Answer {
        var answer = Answer(status: .noContent, headers: Answer.noCacheHeaders)
        guard origins.isEmpty || origins.contains(origin) else { return answer }
        answer.headers[.accessControlAllowMethods] = "\(method.rawValue), OPTIONS"
        answer.headers[.accessControlAllowHeaders] = headers
        answer.headers[.accessControlMaxAge] = "5"
        answer.headers[.accessControlAllowCredentials] = "true"
        return answer
    }
}
