/// A key: text without a zero byte, which would end the key early and corrupt the document.
public struct BSONKey: ExpressibleByStringLiteral {
    let text: String

    /// `nil` if the text contains a zero byte.
    public init?(checking text: String) {
        self.text = text
        if holdsZero { return nil }
    }

    public init(stringLiteral text: String) {
        self.text = text
        precondition(!holdsZero, "a BSON key must not contain a zero byte")
    }

    private var holdsZero: Bool {
        var text = text
        return text.withUTF8 { $0.contains(0) }
    }
}

/// Writes a BSON document into one array of bytes. Nested documents are written in place, and their
/// length is filled in afterwards.
///
/// Keys are not checked for duplicates: appending a key twice yields a document with both. A closure
/// that throws leaves what it has appended, unless it runs in ``attempt(_:)``.
public struct BSONBuilder {
    var bytes: [UInt8]

    init(continuing bytes: [UInt8]) {
        self.bytes = bytes
    }

    init(capacity: Int) {
        bytes = []
        bytes.reserveCapacity(capacity)
        _ = bytes.openDocument()
    }

    /// The number of bytes of the whole document so far.
    public var byteCount: Int { bytes.count }

    public mutating func append(_ key: BSONKey, _ value: some BSONEncodable) {
        bytes.appendHead(value.bsonType, key)
        value.appendBSON(to: &bytes)
    }

    public mutating func document<E>(_ key: BSONKey, _ body: (inout BSONBuilder) throws(E) -> Void)
        throws(E)
    {
        bytes.appendHead(.document, key)
        let start = bytes.openDocument()
        try body(&self)
        bytes.closeDocument(from: start)
    }

    public mutating func array<E>(
        _ key: BSONKey, _ body: (inout BSONArrayBuilder) throws(E) -> Void
    ) throws(E) {
        bytes.appendHead(.array, key)
        try BSONArray.append(to: &bytes, body)
    }

    /// Appends what `body` appends, or nothing if it throws.
    public mutating func attempt<E>(_ body: (inout BSONBuilder) throws(E) -> Void) throws(E) {
        let start = bytes.count
        do throws(E) {
            try body(&self)
        } catch {
            bytes.removeSubrange(start...)
            throw error
        }
    }
}

/// Writes the values of an array, with their indexes as keys.
public struct BSONArrayBuilder {
    var bytes: [UInt8] = []
    private var count = 0

    init() {}

    /// The number of bytes so far of the whole document that contains the array.
    public var byteCount: Int { bytes.count }

    public mutating func append(_ value: some BSONEncodable) {
        appendHead(value.bsonType)
        value.appendBSON(to: &bytes)
    }

    public mutating func document<E>(_ body: (inout BSONBuilder) throws(E) -> Void) throws(E) {
        appendHead(.document)
        try BSONDocument.append(to: &bytes, body)
    }

    public mutating func array<E>(_ body: (inout BSONArrayBuilder) throws(E) -> Void) throws(E) {
        appendHead(.array)
        try BSONArray.append(to: &bytes, body)
    }

    /// Appends what `body` appends, or nothing if it throws.
    public mutating func attempt<E>(_ body: (inout BSONArrayBuilder) throws(E) -> Void) throws(E) {
        let (start, earlier) = (bytes.count, count)
        do throws(E) {
            try body(&self)
        } catch {
            bytes.removeSubrange(start...)
            count = earlier
            throw error
        }
    }

    private mutating func appendHead(_ type: BSONType) {
        bytes.append(type.rawValue)
        if count < 10 {
            bytes.append(UInt8(ascii: "0") + UInt8(count))
        } else {
            bytes.append(contentsOf: String(count).utf8)
        }
        bytes.append(0)
        count += 1
    }
}

extension BSONDocument {
    /// Builds a document.
    /// - Parameter capacity: the expected size in bytes; it is not a limit.
    public init<E>(capacity: Int = 256, _ body: (inout BSONBuilder) throws(E) -> Void) throws(E) {
        var builder = BSONBuilder(capacity: capacity)
        try body(&builder)
        builder.bytes.closeDocument(from: 0)
        self.init(storage: builder.bytes, range: 0..<builder.bytes.count)
    }

    /// Appends a document to other bytes, in place.
    public static func append<E>(
        to bytes: inout [UInt8], _ body: (inout BSONBuilder) throws(E) -> Void
    ) throws(E) {
        let start = bytes.openDocument()
        var builder = BSONBuilder(continuing: [])
        do {
            swap(&bytes, &builder.bytes)  // avoids a copy: the array has only one owner
            defer { swap(&bytes, &builder.bytes) }
            try body(&builder)
        }
        bytes.closeDocument(from: start)
    }
}

extension BSONArray {
    /// Appends an array to other bytes, in place.
    public static func append<E>(
        to bytes: inout [UInt8], _ body: (inout BSONArrayBuilder) throws(E) -> Void
    ) throws(E) {
        let start = bytes.openDocument()
        var elements = BSONArrayBuilder()
        do {
            swap(&bytes, &elements.bytes)
            defer { swap(&bytes, &elements.bytes) }
            try body(&elements)
        }
        bytes.closeDocument(from: start)
    }
}

extension [UInt8] {
    fileprivate mutating func appendHead(_ type: BSONType, _ key: BSONKey) {
        append(type.rawValue)
        var text = key.text
        text.withUTF8 { append(contentsOf: $0) }
        append(0)
    }

    /// Reserves space for a length, and returns its offset.
    fileprivate mutating func openDocument() -> Int {
        appendLittleEndian(Int32(0))
        return count - 4
    }

    fileprivate mutating func closeDocument(from start: Int) {
        append(0)
        let length = Int32(count - start)
        for (index, shift) in zip(start..<start + 4, stride(from: 0, to: 32, by: 8)) {
            self[index] = UInt8(truncatingIfNeeded: length >> Int32(shift))
        }
    }
}
