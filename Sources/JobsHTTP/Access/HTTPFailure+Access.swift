import HTTPEdge
import HTTPTypes

/// The failures of a caller that is not authenticated (401) or not authorized (403).
///
/// The reason why a credential is invalid is left out if it would help to forge one.
extension HTTPFailure {
    static let notSigned = unauthorized(
        "NOT_SIGNED", "A key or token is needed: Authorization: Bearer, or X-Api-Key",
        challenge: "Bearer")

    static let invalidToken = unauthorized(
        "INVALID_TOKEN", "The key or token is not valid",
        challenge: #"Bearer error="invalid_token""#)

    static let expiredToken = unauthorized(
        "INVALID_TOKEN", "The token has expired", challenge: #"Bearer error="invalid_token""#)

    private static func unauthorized(_ code: String, _ message: String, challenge: String)
        -> HTTPFailure
    {
        HTTPFailure(
            status: .unauthorized, category: "Unauthorized", code: code, message: message,
            headers: [.wwwAuthenticate: challenge])
    }

    static func scopeMissing(_ scope: AccessScope) -> HTTPFailure {
        var failure = forbidden(
            "NOT_AUTHORIZED", "The scope \(scope.rawValue) is needed",
            details: [("scope", scope.rawValue)])
        failure.headers[.wwwAuthenticate] =
            #"Bearer error="insufficient_scope", scope="\#(scope.rawValue)""#
        return failure
    }

    /// - Parameter path: The path of the argument.
    static func typeForbidden(_ path: String) -> HTTPFailure {
        forbidden(
            "NOT_AUTHORIZED",
            "\(path) must be one of the types of jobs that the caller is limited to",
            details: [("argument", path)])
    }

    static let limited = forbidden(
        "NOT_AUTHORIZED", "This is not for callers that are limited to types of jobs")

    static let operationForbidden = forbidden(
        "OPERATION_FORBIDDEN", "The configuration of this service forbids this operation")

    private static func forbidden(
        _ code: String, _ message: String, details: [(name: String, text: String)] = []
    ) -> HTTPFailure {
        HTTPFailure(
            status: .forbidden, category: "Unauthorized", code: code, message: message,
            details: details)
    }
}
