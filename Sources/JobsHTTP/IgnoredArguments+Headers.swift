import HTTPEdge
import HTTPTypes
import JSON
import JobsAPI

extension IgnoredArguments {
    /// The maximum size of the header's value in bytes.
    private static let mostHeaderBytes = 1000

    /// The headers of the answer that report the ignored parts and the preferences that were
    /// applied; empty if there are none.
    ///
    /// A client that may repeat a call asks with the preference `request-id` whether the service
    /// knows request ids. Others see no difference.
    ///
    /// - Parameter request: The headers of the request.
    func headers(for request: HTTPFields) -> HTTPFields {
        var headers = HTTPFields()
        if !unknown.isEmpty || !unread.isEmpty { headers[.ignoredArguments] = headerValue }
        var applied: [String] = []
        if request.asksForStrictHandling { applied.append("handling=strict") }
        if request.prefers("request-id") { applied.append("request-id") }
        if !applied.isEmpty {
            headers[.preferenceApplied] = applied.joined(separator: ", ")
        }
        return headers
    }

    /// The paths, separated by commas; `...` at the end if there are more.
    private var headerValue: String {
        var text = ""
        var isWhole = unknown.count == unknown.paths.count && unread.count == unread.paths.count
        for path in unknown.paths + unread.paths {
            let path = path.headerSafe
            guard text.utf8.count + path.utf8.count + 7 <= Self.mostHeaderBytes else {
                isWhole = false
                break
            }
            text += text.isEmpty ? path : ", \(path)"
        }
        return isWhole ? text : text + ", ..."
    }
}

extension String {
    /// The text with all bytes except letters, digits and a few others escaped as `%XX`.
    fileprivate var headerSafe: String {
        isEmpty ? "\"\"" : percentEncoded(keeping: "$@")
    }
}

extension HTTPField.Name {
    // The unwraps are safe: both names are valid tokens of HTTP.
    static let ignoredArguments = HTTPField.Name("X-Ignored-Arguments")!
    static let preferenceApplied = HTTPField.Name("Preference-Applied")!
}
