/// The reason why an operation is refused, for its caller to act on. The transport chooses the
/// status.
package struct CommandFailure: Error {
    package enum Kind: Sendable {
        /// The text of the arguments is not JSON.
        case unreadable
        /// The arguments do not keep to their declaration.
        case invalid
        /// The caller may not have the operation done.
        case forbidden
    }

    package let kind: Kind
    /// For programs.
    package let code: String
    /// For people: what to change.
    package let message: String
    package var details: [(name: String, text: String)] = []
    /// The arguments that have no effect; `nil` unless they were checked against a command.
    package var ignored: IgnoredArguments?
}

extension CommandFailure {
    static func invalidJSON(_ reason: String) -> CommandFailure {
        CommandFailure(kind: .unreadable, code: "INVALID_JSON", message: "Invalid JSON: \(reason)")
    }

    static func invalidBody(found type: String) -> CommandFailure {
        CommandFailure(
            kind: .invalid, code: "INVALID_DATA",
            message: "Validation failed: body type must be map but found \(type)")
    }

    static func validation(_ violations: [Violation], ignored: IgnoredArguments? = nil)
        -> CommandFailure
    {
        CommandFailure(
            kind: .invalid, code: "INVALID_DATA",
            message: "Validation failed: " + violations.map(\.message).joined(separator: ", "),
            details: [("results", violations.jsonText)], ignored: ignored)
    }
}

extension CommandFailure {
    /// - Parameter path: The path of the argument.
    package static func typeForbidden(_ path: String) -> CommandFailure {
        CommandFailure(
            kind: .forbidden, code: "NOT_AUTHORIZED",
            message: "\(path) must be one of the types of jobs that the caller is limited to",
            details: [("argument", path)])
    }

    package static let limited = CommandFailure(
        kind: .forbidden, code: "NOT_AUTHORIZED",
        message: "This is not for callers that are limited to types of jobs")

    package static let deletionForbidden = CommandFailure(
        kind: .forbidden, code: "NOT_AUTHORIZED",
        message: "The action delete needs the scope \(AccessScope.admin.rawValue)",
        details: [("argument", "action"), ("scope", AccessScope.admin.rawValue)])

    package static let operationForbidden = CommandFailure(
        kind: .forbidden, code: "OPERATION_FORBIDDEN",
        message: "The configuration of this service forbids this operation")
}
