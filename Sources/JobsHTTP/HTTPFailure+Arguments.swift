import HTTPEdge
import HTTPTypes

/// What is wrong with the body of a request.
extension HTTPFailure {
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
}
