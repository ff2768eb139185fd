import JobsAPI
import Yams

extension JSONLiteral {
    /// The same value in YAML.
    func yaml() throws -> String {
        try serialize(node: node, width: -1, allowUnicode: true)
    }

    private var node: Node {
        switch self {
        case .null: Node("null", Tag(.null))
        case .boolean(let value): Node.scalar(value.represented())
        case .integer(let value): Node.scalar(value.represented())
        case .string(let value): Node.scalar(value.represented())
        case .array(let values): Node(values.map(\.node))
        case .object(let members):
            Node(members.map { (Node.scalar($0.name.represented()), $0.value.node) })
        }
    }
}
