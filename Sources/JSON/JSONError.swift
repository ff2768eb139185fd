/// Why some bytes are not a JSON text that this service stores, and where.
///
/// The rules are RFC 8259, with UTF-8 by RFC 3629. Beyond the grammar, text that no store can
/// return is refused: lone surrogates (RFC 8259, section 8.2) and nesting over the limit.
public struct JSONError: Error, Equatable, CustomStringConvertible {
    /// The rule that the text breaks. The raw value describes it for people.
    public enum Reason: String, Sendable {
        /// The text ends within the value, or has none.
        case unexpectedEnd = "the text ends too early"
        /// The grammar does not allow the character here.
        case unexpectedByte = "unexpected character"
        /// Something other than white space follows the value.
        case trailingBytes = "characters after the value"
        /// A string contains a control character that is not escaped.
        case controlCharacter = "control character in a string"
        /// A string contains an invalid escape.
        case invalidEscape = "invalid escape in a string"
        /// A string contains an escaped surrogate without its other half.
        case loneSurrogate = "lone surrogate in a string"
        /// A string is not valid UTF-8.
        case invalidUTF8 = "invalid UTF-8"
        /// A number is not complete, or has a leading zero.
        case invalidNumber = "invalid number"
        /// Objects and arrays are nested deeper than the limit.
        case tooDeep = "nesting is too deep"
    }

    /// The rule that the text breaks.
    public let reason: Reason
    /// The offset of the offending byte from the start of the text.
    public let offset: Int

    init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    /// The reason and the offset, for people.
    public var description: String { "\(reason.rawValue) at byte \(offset)" }
}
