import ArgumentParser
import Foundation
import JobsHTTP

import enum JobsAPI.AccessScope

/// Makes API keys.
struct KeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Generates an API key for a client of the service.",
        discussion: """
            Prints the key to standard error; it is not stored and cannot be shown again. Prints the entry \
            for the configuration of the service to standard output, so that \
            "jobsctl key NAME --scope work >> keys.yml" appends it to a file. Use the file that \
            ACCESS_KEYS_FILE names, or the list keys of the component \
            pip-services-jobs:access:default:default:1.0.
            """)

    @Argument(help: "The name of the client in the log.")
    var name: String

    @Option(
        name: .customLong("scope"),
        help: ArgumentHelp(
            "A permission: produce, work, read, operate or admin; can be repeated.",
            valueName: "scope"))
    var scopes: [ScopeArgument]

    @Option(
        name: .customLong("type"),
        help: ArgumentHelp(
            "A job type that the client may use; can be repeated. (default: all)",
            valueName: "type"))
    var types: [String] = []

    func validate() throws {
        for text in [name] + types
        where text.isEmpty || text.unicodeScalars.contains(where: { $0.value < 0x20 }) {
            throw ValidationError("names and types must not be empty or contain control characters")
        }
    }

    func run() throws {
        let key = APIKey.generate()
        FileHandle.standardError.write(Data("\(key)\n".utf8))
        print(entry(for: key))
    }

    /// The entry for the configuration, in YAML.
    func entry(for key: String) -> String {
        var lines = [
            "- name: \(Self.quoted(name))",
            "  hash: \(Self.quoted(APIKey.hash(of: key)))",
            "  scopes: \(Self.list(scopes.map(\.scope.rawValue)))",
        ]
        if !types.isEmpty { lines.append("  types: \(Self.list(types))") }
        return lines.joined(separator: "\n")
    }

    private static func list(_ items: [String]) -> String {
        "[\(items.map(quoted).joined(separator: ", "))]"
    }

    /// A YAML text in single quotes; in it only the quote itself needs escaping, by doubling it.
    private static func quoted(_ text: String) -> String {
        "'\(text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''"))'"
    }
}

/// A scope, with or without the common prefix `jobs:`.
struct ScopeArgument: ExpressibleByArgument {
    let scope: AccessScope

    init?(argument: String) {
        let scope = AccessScope(rawValue: argument) ?? AccessScope(rawValue: "jobs:\(argument)")
        guard let scope else { return nil }
        self.scope = scope
    }
}
