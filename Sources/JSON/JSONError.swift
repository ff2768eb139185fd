/// Why some bytes are not a JSON text that this service stores, and where.
///
/// The rules are RFC 8259, with UTF-8 by RFC 3629. Beyond the grammar, text that no store can return
/// is refused: lone surrogates (RFC 8259, section 8.2) and nesting over the limit.
public struct JSONError: Error, Equatable, CustomStringConvertible {
    public enum Reason: String, Sendable {
        case unexpectedEnd = "the text ends too early"
        case unexpectedByte = "unexpected character"
        case trailingBytes = "characters after the value"
        case controlCharacter = "control character in a string"
        case invalidEscape = "invalid escape in a string"
        case loneSurrogate = "lone surrogate in a string"
        case invalidUTF8 = "invalid UTF-8"
        case invalidNumber = "invalid number"
        case tooDeep = "nesting is too deep"
    }

    public let reason: Reason
    /// Offset of the offending byte from the start of the text.
    public let offset: Int

    init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    public var description: String { "\(reason.rawValue) at byte \(offset)" }
}
