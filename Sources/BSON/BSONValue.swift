/// A value in a BSON document, read in place. Each accessor returns nil if the value is of another
/// type.
public struct BSONValue: Sendable {
    public let type: BSONType
    let storage: [UInt8]
    let range: Range<Int>

    /// The value's bytes in the document, without type and key.
    public var bytes: ArraySlice<UInt8> { storage[range] }

    public var isNull: Bool { type == .null || type == .undefined }

    public var bool: Bool? { type == .bool ? storage[range.lowerBound] == 1 : nil }

    public var int32: Int32? { type == .int32 ? read { $0.int32(at: $1) } : nil }

    public var int64: Int64? { type == .int64 ? read { $0.int64(at: $1) } : nil }

    public var double: Double? {
        type == .double ? Double(bitPattern: UInt64(bitPattern: read { $0.int64(at: $1) })) : nil
    }

    /// A whole number of any numeric type but decimal: drivers differ in how they encode integers.
    public var integer: Int64? {
        switch type {
        case .int32: int32.map(Int64.init)
        case .int64: int64
        case .double: double.flatMap(Int64.init(exactly:))
        default: nil
        }
    }

    public var date: BSONDate? {
        type == .date ? BSONDate(milliseconds: read { $0.int64(at: $1) }) : nil
    }

    public var timestamp: BSONTimestamp? {
        guard type == .timestamp else { return nil }
        let both = UInt64(bitPattern: read { $0.int64(at: $1) })
        return BSONTimestamp(
            seconds: UInt32(both >> 32), increment: UInt32(truncatingIfNeeded: both))
    }

    public var objectID: BSONObjectID? { type == .objectID ? BSONObjectID(bytes) : nil }

    public var binary: BSONBinary? {
        guard type == .binary else { return nil }
        return BSONBinary(
            subtype: storage[range.lowerBound + 4], bytes: Array(bytes.dropFirst(5)))
    }

    /// The text of a string, with invalid UTF-8 replaced. See also ``utf8``.
    public var string: String? {
        type == .string ? storage.text(in: range.lowerBound + 4..<range.upperBound - 1) : nil
    }

    /// The bytes of a string; they are not checked to be UTF-8.
    public var utf8: ArraySlice<UInt8>? {
        type == .string ? bytes.dropFirst(4).dropLast() : nil
    }

    public var document: BSONDocument? {
        type == .document ? BSONDocument(storage: storage, range: range) : nil
    }

    public var array: BSONArray? {
        type == .array ? BSONArray(document: BSONDocument(storage: storage, range: range)) : nil
    }

    private func read<Result>(_ body: (BSONLayout, Int) -> Result) -> Result {
        storage.withUnsafeBytes { body(BSONLayout(bytes: $0), range.lowerBound) }
    }
}

/// The values of a BSON array, in order; their keys are ignored.
public struct BSONArray: Sendable, Sequence {
    let document: BSONDocument

    public var isEmpty: Bool { document.isEmpty }
    public var first: BSONValue? { first { _ in true } }

    public struct Iterator: IteratorProtocol {
        var elements: BSONDocument.Iterator
        public mutating func next() -> BSONValue? { elements.next()?.value }
    }

    public func makeIterator() -> Iterator {
        Iterator(elements: document.makeIterator())
    }
}
