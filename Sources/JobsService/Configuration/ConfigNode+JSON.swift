import JSON
import NIOCore

extension ConfigNode {
    /// The maximum nesting depth of a configuration.
    private static let maximumDepth = 100

    /// - Throws: ``SyntaxError``
    init(json text: String) throws {
        do {
            let outline = try JSONOutline(
                ByteBuffer(string: text), recordedDepth: Self.maximumDepth,
                maximumDepth: Self.maximumDepth)
            self.init(outline.root)
        } catch {
            throw SyntaxError(error, in: text)
        }
    }

    private init(_ value: JSONValue) {
        switch value.kind {
        case .null: self = .null
        case .array: self = .list(value.elements.map(ConfigNode.init))
        case .object:
            self = .map(value.members.map { Entry(key: $0.name, node: ConfigNode($0.value)) })
        default: self = .scalar(value.string ?? value.text.description)
        }
    }
}

extension SyntaxError {
    fileprivate init(_ error: JSONError, in text: String) {
        let before = text.utf8.prefix(error.offset)
        let lineFeed = UInt8(ascii: "\n")
        let column = before.reversed().prefix { $0 != lineFeed }.count + 1
        self.init(
            line: before.count { $0 == lineFeed } + 1, column: column,
            message: error.reason.rawValue)
    }
}
