public import NIOCore

/// A JSON text that was checked in one pass, with the positions of the selected members.
///
/// Only what a ``JSONSelection`` names is recorded; the rest is checked and kept as bytes. A
/// request to this service is a small envelope around payloads that it never looks into, so this is
/// enough. Costs one array for the positions, and nothing per byte beyond the check.
public struct JSONOutline: Sendable {
    /// The default nesting limit. No store keeps more.
    public static let maximumDepth = 1000
    /// The levels of objects and arrays in which the service itself wraps the JSON of a caller.
    package static let enclosingDepth = 8

    struct Place {
        var kind: JSONKind
        /// Whether the string or the key contains escapes.
        var hasEscapes = false
        var keyHasEscapes = false
        /// The number of elements of an array after the last recorded one.
        var unrecorded: UInt32 = 0
        var key: Range<UInt32> = 0..<0
        /// The bytes of the value; for strings without the quotes.
        var value: Range<UInt32> = 0..<0
        /// The index after the last place inside this one.
        var end = 0
    }

    /// The text, which the outline shares with its owner.
    enum Storage {
        case buffer(ByteBuffer)
        case bytes([UInt8])
    }

    let storage: Storage
    let places: [Place]
    /// The members that were not recorded because ``JSONSelection/members(_:)`` does not name them.
    public let skipped: SkippedMembers

    /// Checks the readable bytes of a buffer.
    ///
    /// - Parameters:
    ///   - buffer: The text of one value.
    ///   - recordedDepth: The number of levels of members to record; 0 is the value alone.
    ///   - maximumDepth: How deep objects and arrays may be nested.
    /// - Throws: ``JSONError`` if the text is not valid, or nested deeper.
    public init(
        _ buffer: ByteBuffer, recordedDepth: Int, maximumDepth: Int = JSONOutline.maximumDepth
    ) throws(JSONError) {
        try self.init(buffer, selecting: .levels(recordedDepth), maximumDepth: maximumDepth)
    }

    /// Checks the readable bytes of a buffer.
    ///
    /// - Parameters:
    ///   - buffer: The text of one value.
    ///   - selection: The parts to record.
    ///   - maximumDepth: How deep objects and arrays may be nested.
    /// - Throws: ``JSONError`` if the text is not valid, or nested deeper.
    public init(
        _ buffer: ByteBuffer, selecting selection: JSONSelection,
        maximumDepth: Int = JSONOutline.maximumDepth
    ) throws(JSONError) {
        var recorder = JSONRecorder(maximumDepth: maximumDepth)
        try recorder.record(buffer.readableBytesUInt8Span, selection)
        self.init(.buffer(buffer), recorder)
    }

    /// Reads the members of a text that was checked before, without a copy of it.
    ///
    /// - Throws: ``JSONError`` if it is nested deeper than `maximumDepth`.
    package init(_ text: JSONText, recordedDepth: Int, maximumDepth: Int) throws(JSONError) {
        var recorder = JSONRecorder(maximumDepth: maximumDepth)
        try recorder.record(text.bytes.span, .levels(recordedDepth))
        self.init(.bytes(text.bytes), recorder)
    }

    private init(_ storage: Storage, _ recorder: JSONRecorder) {
        self.storage = storage
        places = recorder.places
        skipped = recorder.skipped
    }

    /// The top-level value.
    public var root: JSONValue { JSONValue(outline: self, index: 0) }
}

/// The type of a JSON value.
public enum JSONKind: String, Sendable {
    /// The value `null`.
    case null
    /// `true` or `false`.
    case boolean
    /// A number of any size and precision.
    case number
    /// A string.
    case string
    /// An array.
    case array
    /// An object.
    case object

    init?(firstByte: UInt8) {
        switch firstByte {
        case .quote: self = .string
        case .openBrace: self = .object
        case .openBracket: self = .array
        case .minus, .zero ... .nine: self = .number
        case UInt8(ascii: "t"), UInt8(ascii: "f"): self = .boolean
        case UInt8(ascii: "n"): self = .null
        default: return nil
        }
    }
}
