/// The contents of a configuration file, in YAML or JSON.
///
/// Scalars keep the characters of the file, so that a password `0123` is not read as a number.
indirect enum ConfigNode: Equatable {
    case null
    case scalar(String)
    case list([ConfigNode])
    case map([Entry])

    struct Entry: Equatable {
        var key: String
        var node: ConfigNode
    }

    /// The scalars by path, in the order of the file. A path joins keys with dots and numbers the
    /// items of lists. Nulls are left out: `uri:` without a value counts as a missing key.
    var flattened: [(key: String, value: String)] {
        var values: [(String, String)] = []
        flatten(under: "", into: &values)
        return values
    }

    private func flatten(under path: String, into values: inout [(String, String)]) {
        func join(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
        switch self {
        case .null: break
        case .scalar(let text): values.append((path, text))
        case .list(let items):
            for (index, item) in items.enumerated() {
                item.flatten(under: join("\(index)"), into: &values)
            }
        case .map(let entries):
            for entry in entries { entry.node.flatten(under: join(entry.key), into: &values) }
        }
    }
}

extension ConfigNode {
    /// The paths of nodes that are present but empty: nulls, empty texts and empty lists.
    var emptyKeys: Set<String> {
        var keys: Set<String> = []
        addEmpty(under: "", to: &keys)
        return keys
    }

    private func addEmpty(under path: String, to keys: inout Set<String>) {
        func join(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
        switch self {
        case .null, .scalar(""), .list([]): keys.insert(path)
        case .scalar: break
        case .list(let items):
            for (index, item) in items.enumerated() {
                item.addEmpty(under: join("\(index)"), to: &keys)
            }
        case .map(let entries):
            for entry in entries { entry.node.addEmpty(under: join(entry.key), to: &keys) }
        }
    }
}

/// A text that is not valid YAML or JSON, with the line and column of the error, counted from 1.
struct SyntaxError: Error, Equatable {
    var line: Int
    var column: Int
    var message: String
}
