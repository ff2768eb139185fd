import ArgumentParser
import Foundation
import JobsHTTP

/// Makes API keys.
struct KeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Makes a key for somebody who is to call the service.",
        discussion: """
            Prints the key, which is kept nowhere and not shown again, to standard error. The entry for the \
            service's configuration goes to standard output, so that "jobs key NAME --scope work >> keys.yml" \
            adds it to a file: that which ACCESS_KEYS_FILE names, or the list keys of the component \
            pip-services-jobs:access:default:default:1.0.
            """)

    @Argument(help: "Whose key it is, for the log.")
    var name: String

    @Option(
        name: .customLong("scope"),
        help: ArgumentHelp(
            "What he may do: produce, work, read, admin; as often as you like.", valueName: "scope")
    )
    var scopes: [ScopeArgument]

    @Option(
        name: .customLong("type"),
        help: ArgumentHelp(
            "A type of jobs that he is limited to; as often as you like. (default: all)",
            valueName: "type"))
    var types: [String] = []

    func validate() throws {
        for text in [name] + types
        where text.isEmpty || text.unicodeScalars.contains(where: { $0.value < 0x20 }) {
            throw ValidationError("names and types must not be empty, nor have line feeds in them")
        }
    }

    func run() throws {
        let key = APIKey.generate()
        FileHandle.standardError.write(Data("\(key)\n".utf8))
        print(entry(for: key))
    }

    /// In YAML.
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

    /// YAML reads a single quote that stands twice as one, and nothing else in such a text as special.
    private static func quoted(_ text: String) -> String {
        "'\(text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''"))'"
    }
}

/// A scope, with or without what all of them begin with.
struct ScopeArgument: ExpressibleByArgument {
    let scope: AccessScope

    init?(argument: String) {
        let scope = AccessScope(rawValue: argument) ?? AccessScope(rawValue: "jobs:\(argument)")
        guard let scope else { return nil }
        self.scope = scope
    }
}
