package import HTTPTypes

/// An error answer to a request, with everything in it.
package struct HTTPFailure: Error {
    package var status: HTTPResponse.Status
    /// The family of the error; clients choose their exception class by it.
    package var category: String
    package var code: String
    /// Tells the caller what to fix. Never holds a host name, a query or a stack.
    package var message: String
    package var details: [(name: String, text: String)]
    package var headers: HTTPFields
    /// Whether the request was carried out and this is its result. All other failures count as
    /// refusals.
    package var isOutcome: Bool

    package init(
        status: HTTPResponse.Status, category: String, code: String, message: String,
        details: [(name: String, text: String)] = [], headers: HTTPFields = HTTPFields(),
        isOutcome: Bool = false
    ) {
        self.status = status
        self.category = category
        self.code = code
        self.message = message
        self.details = details
        self.headers = headers
        self.isOutcome = isOutcome
    }
}

/// An error that defines its own error answer.
package protocol HTTPFailureConvertible: Error {
    var httpFailure: HTTPFailure { get }
}

extension HTTPFailure {
    /// The only place that turns errors into answers.
    package init(_ error: any Error) {
        switch error {
        case let failure as HTTPFailure:
            self = failure
        case let error as any HTTPFailureConvertible:
            self = error.httpFailure
        case is CancellationError:
            self = .stopping
        default:
            self.init(
                status: .internalServerError, category: "FailedInvocation", code: "EXEC_FAILED",
                message: "The operation failed", isOutcome: true)
        }
    }
}

extension HTTPFailure {
    static func notFound(_ path: String) -> HTTPFailure {
        HTTPFailure(
            status: .notFound, category: "NotFound", code: "NOT_FOUND",
            message: "\(path) does not exist")
    }

    static func methodNotAllowed(_ method: HTTPRequest.Method, allowed: String) -> HTTPFailure {
        HTTPFailure(
            status: .methodNotAllowed, category: "BadRequest", code: "METHOD_NOT_ALLOWED",
            message: "\(method.rawValue) is not allowed, only \(allowed)",
            headers: [.allow: allowed])
    }

    static func bodyTooLarge(limit: Int) -> HTTPFailure {
        HTTPFailure(
            status: .contentTooLarge, category: "BadRequest", code: "REQUEST_TOO_LARGE",
            message: "The request's body is larger than \(limit) bytes")
    }

    static let headerTooLarge = HTTPFailure(
        status: .requestHeaderFieldsTooLarge, category: "BadRequest", code: "HEADER_TOO_LARGE",
        message: "The request's head is too large")

    static let requestTimeout = HTTPFailure(
        status: .requestTimeout, category: "BadRequest", code: "REQUEST_TIMEOUT",
        message: "The request was not received completely in time")

    static func malformedRequest(_ reason: String) -> HTTPFailure {
        HTTPFailure(
            status: .badRequest, category: "BadRequest", code: "MALFORMED_REQUEST",
            message: "Malformed HTTP request: \(reason)")
    }

    static let maintenance = HTTPFailure(
        status: .serviceUnavailable, category: "InvalidState", code: "SERVER_UNAVAILABLE",
        message: "The service is down for maintenance", headers: [.retryAfter: "3600"])

    /// The service stopped before the work was done.
    package static let stopping = HTTPFailure(
        status: .serviceUnavailable, category: "InvalidState", code: "SERVER_UNAVAILABLE",
        message: "The service is stopping, try again later", headers: [.retryAfter: "1"])

    /// Too many operations are in progress already.
    package static let overloaded = HTTPFailure(
        status: .serviceUnavailable, category: "InvalidState", code: "OVERLOADED",
        message: "Too many requests are waiting, try again later", headers: [.retryAfter: "1"])
}
