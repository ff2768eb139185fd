import NIOCore

/// One JSON value of any kind, as the bytes in which its sender wrote it.
///
/// The bytes are valid (see ``JSONError``) and are never interpreted, so whatever they hold, they
/// come back the same: every number to its last digit, every key, in order. White space and
/// duplicate keys inside stay too.
public struct JSONText: Sendable, Hashable {
    public let bytes: [UInt8]

    /// Checks and keeps a JSON text. White space around it is dropped.
    /// - Parameter maximumDepth: how deep objects and arrays may be nested.
    public init(_ text: some StringProtocol, maximumDepth: Int = JSONOutline.maximumDepth)
        throws(JSONError)
    {
        let buffer = ByteBuffer(substring: Substring(text))
        self = try JSONOutline(buffer, recordedDepth: 0, maximumDepth: maximumDepth).root.text
    }

    /// - Parameter validated: bytes that a scanner has been over, or a writer has made.
    package init(validated: [UInt8]) {
        self.bytes = validated
    }
}

extension JSONText: CustomStringConvertible {
    public var description: String { String(decoding: bytes, as: UTF8.self) }
}
