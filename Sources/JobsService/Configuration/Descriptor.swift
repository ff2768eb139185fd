/// What a component is, in five parts: `group:type:kind:name:version`. A part `*` stands for any.
struct Descriptor: Hashable, CustomStringConvertible {
    private let parts: [String]

    /// Nil unless there are exactly five parts with something in each; blanks around them are dropped.
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
            preconditionFailure("\"\(text)\" is no descriptor")
        }
        self = descriptor
    }
}

extension StringProtocol {
    /// Without white space at either end.
    var trimmingBlanks: String {
        let start = drop(while: \.isWhitespace)
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}
