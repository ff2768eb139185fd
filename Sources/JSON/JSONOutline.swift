public import NIOCore

/// A JSON text that has been checked in one pass, with the places of its outer members.
///
/// Only the outermost levels are recorded; whatever lies deeper is checked and kept as bytes. A
/// request of this service is a small envelope around payloads that nobody here looks into, so
/// this is all that is ever needed of it. Costs one array for the places, and nothing per byte
/// beyond the check.
public struct JSONOutline: Sendable {
    /// Nesting allowed unless told otherwise. No store keeps more.
    public static let maximumDepth = 1000

    struct Place {
        var kind: JSONKind
        /// Whether the string, or the key, holds escapes.
        var hasEscapes = false
        var keyHasEscapes = false
        var key: Range<UInt32> = 0..<0
        /// From the first to behind the last byte of the value; for strings without the quotes.
        var value: Range<UInt32> = 0..<0
        /// Index behind the last place inside this one.
        var end = 0
    }

    let buffer: ByteBuffer
    private(set) var places: [Place] = []

    /// Checks the readable bytes of a buffer.
    ///
    /// - Parameters:
    ///   - recordedDepth: how many levels of members to record, from 0 (the value alone).
    ///   - maximumDepth: how deep objects and arrays may be nested.
    public init(
        _ buffer: ByteBuffer, recordedDepth: Int, maximumDepth: Int = JSONOutline.maximumDepth
    ) throws(JSONError) {
        self.buffer = buffer
        places.reserveCapacity(8)
        var scanner = JSONScanner(maximumDepth: maximumDepth)
        let bytes = buffer.readableBytesUInt8Span
        try record(Place(kind: .null), bytes, &scanner, depth: 0, limit: recordedDepth)
        try scanner.expectEnd(bytes)
    }

    /// The outermost value.
    public var root: JSONValue { JSONValue(outline: self, index: 0) }

    private mutating func record(
        _ unfilled: Place, _ bytes: Span<UInt8>, _ scanner: inout JSONScanner, depth: Int,
        limit: Int
    ) throws(JSONError) {
        var place = unfilled
        let index = places.count
        let first = try scanner.peek(bytes)
        guard let kind = JSONKind(firstByte: first) else {
            throw JSONError(.unexpectedByte, at: scanner.position)
        }
        place.kind = kind
        var start = scanner.position
        var end: Int
        places.append(place)
        switch kind {
        case .string:
            place.hasEscapes = try scanner.skipString(bytes)
            start += 1
            end = scanner.position - 1
        case .object where depth < limit:
            try recordMembers(bytes, &scanner, depth: depth + 1, limit: limit)
            end = scanner.position
        case .array where depth < limit:
            try recordElements(bytes, &scanner, depth: depth + 1, limit: limit)
            end = scanner.position
        case .object, .array:
            try scanner.skipValue(bytes, depth: depth)
            end = scanner.position
        case .null, .boolean, .number:
            try scanner.skipScalar(bytes, startingWith: first)
            end = scanner.position
        }
        place.value = UInt32(start)..<UInt32(end)
        place.end = places.count
        places[index] = place
    }

    private mutating func recordMembers(
        _ bytes: Span<UInt8>, _ scanner: inout JSONScanner, depth: Int, limit: Int
    ) throws(JSONError) {
        guard depth <= scanner.maximumDepth else {
            throw JSONError(.tooDeep, at: scanner.position)
        }
        scanner.advance()
        if try scanner.peek(bytes) == .closeBrace { return scanner.advance() }
        while true {
            guard try scanner.peek(bytes) == .quote else {
                throw JSONError(.unexpectedByte, at: scanner.position)
            }
            var place = Place(kind: .null)
            let start = scanner.position + 1
            place.keyHasEscapes = try scanner.skipString(bytes)
            place.key = UInt32(start)..<UInt32(scanner.position - 1)
            try scanner.expect(.colon, bytes)
            try record(place, bytes, &scanner, depth: depth, limit: limit)
            if try scanner.peek(bytes) == .closeBrace { return scanner.advance() }
            try scanner.expect(.comma, bytes)
        }
    }

    private mutating func recordElements(
        _ bytes: Span<UInt8>, _ scanner: inout JSONScanner, depth: Int, limit: Int
    ) throws(JSONError) {
        guard depth <= scanner.maximumDepth else {
            throw JSONError(.tooDeep, at: scanner.position)
        }
        scanner.advance()
        if try scanner.peek(bytes) == .closeBracket { return scanner.advance() }
        while true {
            try record(Place(kind: .null), bytes, &scanner, depth: depth, limit: limit)
            if try scanner.peek(bytes) == .closeBracket { return scanner.advance() }
            try scanner.expect(.comma, bytes)
        }
    }
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
