import HTTPEdge
import HTTPTypes

/// The failures of requests with an invalid body.
extension HTTPFailure {
    /// - Parameter contentType: The content type if it is not that of JSON; empty if it is missing.
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
}
