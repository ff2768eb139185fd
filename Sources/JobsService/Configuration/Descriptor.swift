/// The identity of a component in five parts: `group:type:kind:name:version`. A part `*` matches
/// any text.
struct Descriptor: Hashable, CustomStringConvertible {
    private let parts: [String]

    /// Creates the descriptor; `nil` unless there are exactly five parts that are not empty. Blanks
    /// around the parts are dropped.
    init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            .map { $0.trimmingBlanks }
        guard parts.count == 5, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        self.parts = parts
    }

    /// Whether every part is equal, or `*` on one side.
    func matches(_ other: Descriptor) -> Bool {
        zip(parts, other.parts).allSatisfy { $0 == $1 || $0 == "*" || $1 == "*" }
    }

    var description: String { parts.joined(separator: ":") }
}

extension Descriptor: ExpressibleByStringLiteral {
    init(stringLiteral text: String) {
        guard let descriptor = Descriptor(text) else {
            preconditionFailure("\"\(text)\" is not a descriptor")
        }
        self = descriptor
    }
}

extension StringProtocol {
    /// The text without white space at either end.
    var trimmingBlanks: String {
        let start = drop(while: \.isWhitespace)
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}
