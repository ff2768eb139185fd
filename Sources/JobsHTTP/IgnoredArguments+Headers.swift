import HTTPTypes
import JSON
import JobsAPI

extension IgnoredArguments {
    /// The maximum size of the header's value in bytes.
    private static let mostHeaderBytes = 1000

    /// The headers of the answer that report the ignored parts; empty if there are none.
    /// - Parameter isStrict: Whether the caller asked to refuse arguments without effect.
    func headers(isStrict: Bool) -> HTTPFields {
        var headers = HTTPFields()
        if !unknown.isEmpty || !unread.isEmpty { headers[.ignoredArguments] = headerValue }
        if isStrict { headers[.preferenceApplied] = "handling=strict" }
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
