import Foundation

/// A page of the documentation, for tests that compare it with the program.
struct Guide {
    let name: String
    let text: String

    init(_ name: String) throws {
        self.name = name
        let path = "Sources/JobsService/Documentation.docc/\(name)"
        text = try String(contentsOf: Project.root.appending(path: path), encoding: .utf8)
    }

    /// The part below each heading that names a component, by its descriptor.
    var components: [String: Section] {
        let parts = text.split(separator: "\n### `").dropFirst().compactMap { part in
            part.firstIndex(of: "`").map { tick in
                let body = part[part.index(after: tick)...].components(separatedBy: "\n#")[0]
                return (String(part[..<tick]), Section(text: body))
            }
        }
        return Dictionary(parts) { first, _ in first }
    }

    /// The first cells of all rows of the table whose header begins with `heading`.
    func rows(under heading: String) -> [String] {
        text.components(separatedBy: "\n\n").first { $0.hasPrefix("| \(heading) |") }
            .map { Section(text: $0).rows.map { $0[0] } } ?? []
    }

    /// The section of one component.
    struct Section {
        let text: String

        /// The cells of each row of its table.
        var rows: [[String]] {
            text.split(separator: "\n").filter { $0.hasPrefix("| ") }
                .map { row in
                    row.split(separator: "|", omittingEmptySubsequences: false).dropFirst()
                        .dropLast()
                        .map { $0.trimmingCharacters(in: .whitespaces) }
                }
                .filter { !$0[0].hasPrefix("---") }.dropFirst().map(\.self)
        }

        /// The keys that have an effect.
        var keys: [String] { rows.flatMap { $0[0].inCode } }

        /// The keys that are accepted without effect.
        var unusedKeys: [String] {
            text.split(separator: "\n").filter { $0.hasPrefix("Without effect: ") }
                .flatMap { String($0).inCode }
        }

        /// The components whose keys this one accepts as well.
        var others: [String] {
            text.split(separator: "\n").filter { $0.hasPrefix("And the keys of ") }
                .flatMap { String($0).inCode }
        }

        func defaultValue(of key: String) -> String? {
            rows.first { $0[0].inCode.contains(key) }?[2]
        }
    }
}

extension String {
    /// The texts between single backticks.
    var inCode: [String] {
        split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }
}

/// The metrics in the guide for operators.
enum DocumentedMetrics {
    /// Names with their labels in the order of the table, such as `jobs_stored` with type and
    /// state.
    static func all() throws -> [(name: String, labels: [String])] {
        try Guide("Operations.md").rows(under: "metric").flatMap(\.inCode).map { text in
            let parts = text.split(separator: "{")
            let labels = parts.dropFirst().first?.dropLast().split(separator: ",") ?? []
            return (String(parts[0]), labels.map(String.init))
        }
    }
}
