import HTTPEdge
import HTTPTypes
import JobsAPI

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
        let challenge = #"Bearer error="insufficient_scope", scope="\#(scope.rawValue)""#
        return HTTPFailure(
            status: .forbidden, category: "Unauthorized", code: "NOT_AUTHORIZED",
            message: "The scope \(scope.rawValue) is needed", details: [("scope", scope.rawValue)],
            headers: [.wwwAuthenticate: challenge])
    }
}
