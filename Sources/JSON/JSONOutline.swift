public import NIOCore

/// A JSON text that has been checked in one pass, with the places of the members that are asked for.
///
/// Only what a ``JSONSelection`` names is recorded; the rest is checked and kept as bytes. A request
/// of this service is a small envelope around payloads that nobody here looks into, so this is all
/// that is ever needed of it. Costs one array for the places, and nothing per byte beyond the
/// check.
public struct JSONOutline: Sendable {
    /// Nesting allowed unless told otherwise. No store keeps more.
    public static let maximumDepth = 1000

    struct Place {
        var kind: JSONKind
        /// Whether the string, or the key, holds escapes.
        var hasEscapes = false
        var keyHasEscapes = false
        /// How many elements of an array lie behind the last recorded one.
        var unrecorded: UInt32 = 0
        var key: Range<UInt32> = 0..<0
        /// From the first to behind the last byte of the value; for strings without the quotes.
        var value: Range<UInt32> = 0..<0
        /// Index behind the last place inside this one.
        var end = 0
    }

    let buffer: ByteBuffer
    let places: [Place]
    /// The members that were not recorded because ``JSONSelection/members(_:)`` does not name them.
    public let skipped: SkippedMembers

    /// Checks the readable bytes of a buffer.
    ///
    /// - Parameters:
    ///   - recordedDepth: how many levels of members to record, from 0 (the value alone).
    ///   - maximumDepth: how deep objects and arrays may be nested.
    public init(
        _ buffer: ByteBuffer, recordedDepth: Int, maximumDepth: Int = JSONOutline.maximumDepth
    ) throws(JSONError) {
        try self.init(buffer, selecting: .levels(recordedDepth), maximumDepth: maximumDepth)
    }

    /// Checks the readable bytes of a buffer.
    ///
    /// - Parameters:
    ///   - selection: what to record.
    ///   - maximumDepth: how deep objects and arrays may be nested.
    public init(
        _ buffer: ByteBuffer, selecting selection: JSONSelection,
        maximumDepth: Int = JSONOutline.maximumDepth
    ) throws(JSONError) {
        self.buffer = buffer
        let bytes = buffer.readableBytesUInt8Span
        var recorder = JSONRecorder(maximumDepth: maximumDepth)
        try recorder.record(bytes, selection)
        places = recorder.places
        skipped = recorder.skipped
    }

    /// The outermost value.
    public var root: JSONValue { JSONValue(outline: self, index: 0) }
}

/// What sort of JSON value something is.
public enum JSONKind: String, Sendable {
    case null, boolean, number, string, array, object

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
