import HTTPTypes
import Jobs

/// A request that gets an error answer, with all that the answer says.
struct HTTPFailure: Error {
    var status: HTTPResponse.Status
    /// The family of the error, by which clients choose the class of their exception.
    var category: String
    var code: String
    /// For the caller: what to mend. Never a host, a query or a stack.
    var message: String
    var details: [(name: String, text: String)] = []
    var headers = HTTPFields()
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
        message: "The request did not come whole in time")

    /// - Parameter contentType: if it is another one than JSON's; empty if there is none.
    static func invalidJSON(_ reason: String, contentType: String?) -> HTTPFailure {
        var message = "Invalid JSON: \(reason)"
        if let contentType {
            message += ". Bodies have to be JSON, with Content-Type: application/json; "
            message += contentType.isEmpty ? "there is none" : "it is \(contentType.shortened)"
        }
        return HTTPFailure(
            status: .badRequest, category: "BadRequest", code: "INVALID_JSON", message: message)
    }

    static func invalidBody(found type: String) -> HTTPFailure {
        HTTPFailure(
            status: .badRequest, category: "BadRequest", code: "INVALID_DATA",
            message: "Validation failed: body type must be map but found \(type)")
    }

    static func validation(_ violations: [Violation]) -> HTTPFailure {
        HTTPFailure(
            status: .badRequest, category: "BadRequest", code: "INVALID_DATA",
            message: "Validation failed: " + violations.map(\.message).joined(separator: ", "),
            details: [("results", violations.jsonText)])
    }

    static func malformedRequest(_ reason: String) -> HTTPFailure {
        HTTPFailure(
            status: .badRequest, category: "BadRequest", code: "MALFORMED_REQUEST",
            message: "Malformed HTTP request: \(reason)")
    }

    static let maintenance = HTTPFailure(
        status: .serviceUnavailable, category: "InvalidState", code: "SERVER_UNAVAILABLE",
        message: "The service is down for maintenance", headers: [.retryAfter: "3600"])

    /// The work was cut short because the service had to stop before it was done.
    static let stopping = HTTPFailure(
        status: .serviceUnavailable, category: "InvalidState", code: "SERVER_UNAVAILABLE",
        message: "The service is stopping, try again later", headers: [.retryAfter: "1"])

    /// The one place where errors become answers.
    init(_ error: any Error) {
        switch error {
        case let failure as HTTPFailure:
            self = failure
        case JobsError.lockLost(let id):
            self.init(
                status: .conflict, category: "Conflict", code: "LOCK_LOST",
                message: "The lock_token is not that of the last lease on job \(id)",
                details: [("job_id", id.description)])
        case JobsError.unavailable:
            self.init(
                status: .serviceUnavailable, category: "NoResponse", code: "CONNECT_FAILED",
                message: "The store of the jobs cannot be reached, try again later",
                headers: [.retryAfter: "1"])
        case JobsError.overloaded:
            self.init(
                status: .serviceUnavailable, category: "InvalidState", code: "OVERLOADED",
                message: "Too many requests are waiting, try again later",
                headers: [.retryAfter: "1"])
        case JobsError.refused(let reason):
            self.init(
                status: .badRequest, category: "BadRequest", code: "REFUSED", message: reason)
        case JobsError.timedOut(let reason):
            self.init(
                status: .serviceUnavailable, category: "NoResponse", code: "TIMED_OUT",
                message: reason, headers: [.retryAfter: "1"])
        case is CancellationError:
            self = .stopping
        default:
            self.init(
                status: .internalServerError, category: "FailedInvocation", code: "EXEC_FAILED",
                message: "The operation failed")
        }
    }
}
