import HTTPTypes
package import HummingbirdCore
import JSON
import NIOCore

/// A request on its way to a route.
package struct Call {
    package let request: Request
    let requestMaxSize: Int
    /// Accounts for the memory that the body takes.
    package let memory: BodyMemory
    /// A value of ``EndpointRoute/admit`` for the handler, such as the authenticated caller.
    package var context: (any Sendable)?

    /// The id by which the caller finds this request in logs and error bodies: from the query, else
    /// from a header; newer clients name it `trace_id`. Cut to its first 4 KiB.
    package var correlationID: String? {
        for id in correlationIDs {
            if let id, !id.isEmpty { return String(id.utf8Prefix(Self.correlationIDBytes)) }
        }
        return nil
    }

    private static let correlationIDBytes = 4096

    /// All candidates, in order of precedence.
    private var correlationIDs: [String?] {
        let headers = request.headers
        guard let query = request.uri.query, !query.isEmpty else {
            return [headers[.correlationID], headers[.traceID]]
        }
        // Clients encode blanks in queries as `+`, as forms do; `URI` does not decode that.
        let text = query.split(separator: "+", omittingEmptySubsequences: false)
        let parameters = URI("/?" + text.joined(separator: "%20")).queryParameters
        return [
            parameters["correlation_id"].map(String.init), headers[.correlationID],
            parameters["trace_id"].map(String.init), headers[.traceID],
        ]
    }

    /// Whether the Content-Type is `application/json` or `application/*+json`, in any case and with
    /// any parameters.
    package var isJSON: Bool {
        guard let value = request.headers[.contentType] else { return false }
        if value == "application/json" { return true }
        let type = value.prefix { $0 != ";" }.lowercased().trimmingSuffix {
            $0 == " " || $0 == "\t"
        }
        return type == "application/json"
            || type.hasPrefix("application/") && type.hasSuffix("+json")
    }
}

/// The request broke off, and the client can no longer be answered.
package struct ConnectionLost: Error {
    let reason: any Error
}

extension String {
    fileprivate func trimmingSuffix(while predicate: (Character) -> Bool) -> Substring {
        guard let last = lastIndex(where: { !predicate($0) }) else { return "" }
        return self[...last]
    }
}
