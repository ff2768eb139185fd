package import JSON

/// The parts of a request that have no effect. They are reported to the caller, since they are
/// probably mistakes.
package struct IgnoredArguments: Sendable {
    /// Unknown members, and all members of a repeated name except the last one.
    package var unknown = SkippedMembers()
    /// The values of filters that cannot be read.
    package var unread = SkippedMembers()

    /// The unknown keys of filters that refuse them.
    func violations(inFiltersOf command: Command) -> [Violation] {
        guard let filter = command.arguments.first(where: \.type.isStrictFilter)?.name else {
            return []
        }
        let found = unknown.paths.filter { $0.hasPrefix(filter + ".") }.map { path in
            Violation(
                path: path, code: .unexpected, message: "\(path) is not known, or given twice",
                expected: "a known name, once", actual: path)
        }
        guard found.isEmpty, unknown.count > unknown.paths.count else { return found }
        // Some of those that are not listed may be in the filter.
        return [
            Violation(
                path: filter, code: .unexpected, message: "too many arguments are not known",
                expected: "known names", actual: nil)
        ]
    }

    /// All ignored parts as violations.
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
}
