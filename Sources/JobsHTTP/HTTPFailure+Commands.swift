package import HTTPEdge
import HTTPTypes
import HummingbirdCore
package import JobsAPI

extension CommandFailure: HTTPFailureConvertible {
    package var httpFailure: HTTPFailure {
        let (status, category): (HTTPResponse.Status, String) =
            switch kind {
            case .unreadable, .invalid: (.badRequest, "BadRequest")
            case .forbidden: (.forbidden, "Unauthorized")
            }
        return HTTPFailure(
            status: status, category: category, code: code, message: message, details: details)
    }
}

extension HTTPFailure {
    /// The failure of a request with invalid arguments, with what depends on the request's headers.
    init(_ failure: CommandFailure, of call: Call) {
        self = failure.httpFailure
        if failure.kind == .unreadable, !call.isJSON {
            let contentType = call.request.headers[.contentType] ?? ""
            message += ". Bodies have to be JSON, with Content-Type: application/json; "
            message += contentType.isEmpty ? "there is none" : "it is \(contentType.shortened)"
        }
        if let ignored = failure.ignored {
            headers = ignored.headers(for: call.request.headers)
        }
    }
}
