import HTTPTypes
import JSON

/// What a request holds that has no effect: what callers are told of, since it may well be a slip.
struct IgnoredArguments {
    /// Members that the operation does not know, and all but the last one of a name.
    var unknown = SkippedMembers()
    /// Values of filters that cannot be read.
    var unread = SkippedMembers()

    /// The most bytes of the header's value.
    private static let mostHeaderBytes = 1000

    /// All of it as mistakes.
    func violations(of command: Command) -> [Violation] {
        let takesNone = command.arguments.isEmpty
        let unknown = self.unknown.paths.map { path in
            Violation(
                path: path, code: .unexpected,
                message: takesNone
                    ? "\(path) is not known, as \(command.name) takes no arguments"
                    : "\(path) is not known, or given twice",
                expected: takesNone ? "no arguments" : "a known name, once", actual: path)
        }
        let unread = self.unread.paths.map { path in
            Violation(
                path: path, code: .typeMismatch, message: "\(path) cannot be read",
                expected: "a value that can be read", actual: nil)
        }
        return unknown + unread
    }

    /// What the answer says of it; nothing where there is nothing to say.
    /// - Parameter isStrict: whether the caller asked for what has no effect to be refused.
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
    /// Letters, digits and a few more as they are, every other byte as `%XX`.
    fileprivate var headerSafe: String {
        isEmpty ? "\"\"" : percentEncoded(keeping: "$@")
    }
}

extension HTTPField.Name {
    // Both are tokens by the rules of HTTP.
    static let ignoredArguments = HTTPField.Name("X-Ignored-Arguments")!
    static let preferenceApplied = HTTPField.Name("Preference-Applied")!
}
