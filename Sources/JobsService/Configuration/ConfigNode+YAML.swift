import Yams

extension ConfigNode {
    /// - Throws: ``SyntaxError``
    init(yaml text: String) throws {
        do {
            self = try Yams.compose(yaml: text).map(ConfigNode.init) ?? .null
        } catch let error as YamlError {
            throw SyntaxError(error)
        }
    }

    private init(_ node: Node) {
        switch node {
        case .scalar(let scalar):
            let isNull =
                scalar.style == .plain
                && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
            self = isNull ? .null : .scalar(scalar.string)
        case .sequence(let items):
            self = .list(items.map(ConfigNode.init))
        case .mapping(let mapping):
            self = .map(Self.entries(of: mapping))
        case .alias:
            // Not reached: the parser replaces aliases with the nodes they stand for.
            self = .null
        }
    }

    /// The entries, followed by the entries of a merge key (`<<: *defaults`) whose keys are not
    /// set.
    private static func entries(of mapping: Node.Mapping) -> [Entry] {
        var entries: [Entry] = []
        var merged: [Entry] = []
        for (key, value) in mapping {
            if key.scalar?.style == .plain, key.scalar?.string == "<<" {
                for source in value.mapping.map({ [$0] }) ?? value.array().compactMap(\.mapping) {
                    merged += Self.entries(of: source)
                }
            } else {
                entries.append(
                    Entry(key: key.scalar?.string ?? "?", node: ConfigNode(value)))
            }
        }
        for entry in merged where !entries.contains(where: { $0.key == entry.key }) {
            entries.append(entry)
        }
        return entries
    }
}

extension SyntaxError {
    fileprivate init(_ error: YamlError) {
        switch error {
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let context = context.map { "\($0.text): " } ?? ""
            self.init(line: mark.line, column: mark.column, message: context + problem)
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.map { "\"\($0)\"" }.joined(separator: ", ")
            self.init(
                line: context.mark.line, column: context.mark.column,
                message: "\(names) is given twice")
        case .reader(let problem, let offset, _, let text):
            let (line, column) = text.position(of: offset ?? 0)
            self.init(line: line, column: column, message: problem)
        default:
            self.init(line: 1, column: 1, message: "\(error)")
        }
    }
}

extension String {
    /// Line and column of a character, counted from 1.
    fileprivate func position(of offset: Int) -> (line: Int, column: Int) {
        let before = prefix(offset)
        let start = before.lastIndex(where: \.isNewline).map(before.index(after:))
        return (
            before.count(where: \.isNewline) + 1,
            before[(start ?? before.startIndex)...].count + 1
        )
    }
}
