public import NIOCore

/// Writes JSON straight into a ByteBuffer, commas included.
///
/// The caller keeps `begin` and `end` in balance and names a key before each member's value.
/// There are no intermediate values; a string without special characters is copied unchanged.
public struct JSONWriter: Sendable {
    /// The text written so far.
    public private(set) var buffer: ByteBuffer
    private var needsComma = false

    /// Creates a writer.
    ///
    /// - Parameter capacity: The expected size of the text in bytes; it is not a limit.
    public init(capacity: Int) {
        buffer = ByteBufferAllocator().buffer(capacity: capacity)
    }

    /// Begins an object. Its members follow, each a key and a value.
    public mutating func beginObject() { open(.openBrace) }
    /// Ends the innermost object.
    public mutating func endObject() { close(.closeBrace) }
    /// Begins an array. Its elements follow.
    public mutating func beginArray() { open(.openBracket) }
    /// Ends the innermost array.
    public mutating func endArray() { close(.closeBracket) }

    /// Writes the key of a member.
    ///
    /// - Parameter name: A key that needs no escapes.
    public mutating func key(_ name: StaticString) {
        separate()
        buffer.writeInteger(UInt8.quote)
        buffer.writeStaticString(name)
        buffer.writeStaticString("\":")
        needsComma = false
    }

    /// Writes the key of a member, with escapes.
    ///
    /// - Parameter name: Any text. (The label keeps string literals from choosing this overload.)
    public mutating func key(text name: String) {
        string(name)
        buffer.writeInteger(UInt8.colon)
        needsComma = false
    }

    /// Writes a null.
    public mutating func null() {
        separate()
        buffer.writeStaticString("null")
    }

    /// Writes a boolean.
    public mutating func boolean(_ value: Bool) {
        separate()
        buffer.writeStaticString(value ? "true" : "false")
    }

    /// Writes an integer with all its digits.
    public mutating func integer(_ value: some FixedWidthInteger) {
        separate()
        buffer.writeString(String(value))
    }

    /// Writes a number with the fewest digits that read back as the same value.
    ///
    /// - Parameter value: A finite number, since JSON has no infinity and no NaN.
    public mutating func number(_ value: Double) {
        precondition(value.isFinite, "JSON has no infinity and no NaN")
        separate()
        buffer.writeString("\(value)")
    }

    /// Writes a string, with escapes.
    public mutating func string(_ value: String) {
        separate()
        buffer.writeInteger(UInt8.quote)
        var value = value
        value.withUTF8 { writeEscaped(UnsafeRawBufferPointer($0)) }
        buffer.writeInteger(UInt8.quote)
    }

    /// Writes a string that needs no escapes.
    ///
    /// - Parameter plain: ASCII without quotes, backslashes and control characters.
    public mutating func string(plain: UnsafeRawBufferPointer) {
        separate()
        buffer.writeInteger(UInt8.quote)
        buffer.writeBytes(plain)
        buffer.writeInteger(UInt8.quote)
    }

    /// Writes a value that was already checked, unchanged.
    public mutating func text(_ value: JSONText) {
        separate()
        buffer.writeBytes(value.bytes)
    }

    /// Writes the members of an object that a writer has written, unchanged.
    ///
    /// - Precondition: The object has members.
    package mutating func members(of object: JSONText) {
        separate()
        buffer.writeBytes(object.bytes.dropFirst().dropLast())
    }

    /// Hands over the text written so far; further text continues after it.
    public mutating func takeBuffer() -> ByteBuffer {
        defer { buffer = ByteBufferAllocator().buffer(capacity: buffer.readableBytes) }
        return buffer
    }

    /// The text written so far, which has to be one value.
    package var text: JSONText { JSONText(validated: Array(buffer: buffer)) }

    private mutating func open(_ bracket: UInt8) {
        separate()
        buffer.writeInteger(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        buffer.writeInteger(bracket)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { buffer.writeInteger(UInt8.comma) }
        needsComma = true
    }

    /// Escapes what RFC 8259 requires: quotes, backslashes and control characters.
    private mutating func writeEscaped(_ bytes: UnsafeRawBufferPointer) {
        var start = 0
        for (index, byte) in bytes.enumerated()
        where byte < 0x20 || byte == .quote || byte == .backslash {
            buffer.writeBytes(bytes[start..<index])
            start = index + 1
            switch byte {
            case .quote: buffer.writeStaticString("\\\"")
            case .backslash: buffer.writeStaticString("\\\\")
            case .lineFeed: buffer.writeStaticString("\\n")
            case .carriageReturn: buffer.writeStaticString("\\r")
            case .tab: buffer.writeStaticString("\\t")
            default:
                buffer.writeStaticString("\\u00")
                buffer.writeInteger(byte >> 4 + .zero)
                buffer.writeInteger(UInt8.lowerHexDigit(byte & 0xF))
            }
        }
        buffer.writeBytes(bytes[start...])
    }
}
