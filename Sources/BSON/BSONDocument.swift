/// A BSON document: checked bytes, read in place.
///
/// Nested documents share its bytes, so that a reply of a thousand jobs is stored once. A document
/// is always valid, because it can only be made by building or by checking.
public struct BSONDocument: Sendable {
    /// The default nesting limit: servers store 100 levels, and wrap them in replies.
    public static let maximumDepth = 200

    let storage: [UInt8]
    let range: Range<Int>

    /// For ranges that were already checked, or were built here.
    init(storage: [UInt8], range: Range<Int>) {
        self.storage = storage
        self.range = range
    }

    /// Checks untrusted bytes: every length, terminator and type, at every level. Takes one pass.
    /// Does not check that strings are UTF-8.
    public init(checking bytes: [UInt8], maximumDepth: Int = BSONDocument.maximumDepth)
        throws(BSONError)
    {
        let fault = bytes.withUnsafeBytes {
            BSONLayout(bytes: $0).fault(in: 0..<$0.count, depth: maximumDepth)
        }
        if let fault { throw fault }
        self.init(storage: bytes, range: 0..<bytes.count)
    }

    public init() {
        self.init(storage: [5, 0, 0, 0, 0], range: 0..<5)
    }

    public var bytes: ArraySlice<UInt8> { storage[range] }

    public var isEmpty: Bool { range.count == 5 }

    /// The value of the first element with this key, found by a linear search.
    public subscript(key: String) -> BSONValue? {
        var key = key
        return key.withUTF8 { wanted in
            for element in self where element.hasKey(wanted) { return element.value }
            return nil
        }
    }

    /// Lends the bytes for a call.
    package func withBytes<Result>(
        _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
    ) rethrows -> Result {
        try storage.withUnsafeBufferPointer { try body(UnsafeBufferPointer(rebasing: $0[range])) }
    }
}

extension BSONDocument: Equatable {
    /// Whether both have the same bytes: elements in the same order, numbers of the same type.
    public static func == (left: BSONDocument, right: BSONDocument) -> Bool {
        left.bytes == right.bytes
    }
}

extension BSONDocument: Sequence {
    public struct Iterator: IteratorProtocol {
        let storage: [UInt8]
        var offset: Int
        let end: Int

        public mutating func next() -> BSONElement? {
            guard offset < end else { return nil }
            let element = storage.withUnsafeBytes { raw -> BSONElement? in
                let layout = BSONLayout(bytes: raw)
                guard let type = BSONType(rawValue: raw[offset]),
                    let endOfKey = layout.endOfKey(from: offset + 1, before: end),
                    let length = layout.length(of: type, at: endOfKey + 1, before: end)
                else { return nil }
                let value = BSONValue(
                    type: type, storage: storage, range: endOfKey + 1..<endOfKey + 1 + length)
                return BSONElement(keyRange: offset + 1..<endOfKey, value: value)
            }
            offset = element?.value.range.upperBound ?? end
            return element
        }
    }

    public func makeIterator() -> Iterator {
        Iterator(storage: storage, offset: range.lowerBound + 4, end: range.upperBound - 1)
    }
}

/// A key and its value, in place.
public struct BSONElement: Sendable {
    let keyRange: Range<Int>
    public let value: BSONValue

    /// The key, with invalid UTF-8 replaced.
    public var key: String { value.storage.text(in: keyRange) }

    func hasKey(_ wanted: UnsafeBufferPointer<UInt8>) -> Bool {
        keyRange.count == wanted.count && value.storage[keyRange].elementsEqual(wanted)
    }
}

extension [UInt8] {
    /// Decodes without making a slice.
    func text(in range: Range<Int>) -> String {
        withUnsafeBufferPointer {
            String(decoding: UnsafeBufferPointer(rebasing: $0[range]), as: UTF8.self)
        }
    }
}
