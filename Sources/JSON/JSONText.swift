import NIOCore

/// One JSON value of any kind, as the bytes that its sender wrote.
///
/// The bytes are valid (see ``JSONError``) and never interpreted, so they are returned unchanged:
/// every digit of a number, and every key in order. White space and duplicate keys inside are kept
/// too.
public struct JSONText: Sendable, Hashable {
    /// The text in UTF-8, without white space around it.
    public let bytes: [UInt8]

    /// Checks and stores a JSON text, without the white space around it.
    ///
    /// - Parameters:
    ///   - text: The text of one value.
    ///   - maximumDepth: How deep objects and arrays may be nested.
    /// - Throws: ``JSONError`` if the text is not valid, or nested deeper.
    public init(_ text: some StringProtocol, maximumDepth: Int = JSONOutline.maximumDepth)
        throws(JSONError)
    {
        let buffer = ByteBuffer(substring: Substring(text))
        self = try JSONOutline(buffer, recordedDepth: 0, maximumDepth: maximumDepth).root.text
    }

    /// Returns the value, for reading its members.
    ///
    /// - Parameter depth: The level of nesting down to which members are recorded.
    package func value(recordedDepth depth: Int) -> JSONValue? {
        let limit = JSONOutline.maximumDepth + JSONOutline.enclosingDepth
        return try? JSONOutline(self, recordedDepth: depth, maximumDepth: limit).root
    }

    /// - Parameter validated: Bytes that a scanner has checked, or a writer has written.
    package init(validated: [UInt8]) {
        self.bytes = validated
    }
}

extension JSONText: CustomStringConvertible {
    /// The text as a string.
    public var description: String { String(decoding: bytes, as: UTF8.self) }
}
