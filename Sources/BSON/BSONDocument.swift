/// A BSON document: checked bytes, read in place.
///
/// Documents nested in it share its bytes, so that a reply of a thousand jobs is stored once. A
/// document is always sound, since there is no other way to make one than to build or to check it.
public struct BSONDocument: Sendable {
    /// Nesting allowed unless told otherwise: servers keep 100 levels, and wrap them in replies.
    public static let maximumDepth = 200

    let storage: [UInt8]
    let range: Range<Int>

    /// For ranges that were checked before, or were built here.
    init(storage: [UInt8], range: Range<Int>) {
        self.storage = storage
        self.range = range
    }

    /// Checks bytes that somebody else wrote: every length, terminator and type, at every level.
    /// Costs one pass over them. That strings are UTF-8 is not checked.
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

    /// The value of the first element with this key. Looks at one element after the other.
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

    /// The key; what is no UTF-8 in it is replaced.
    public var key: String { value.storage.text(in: keyRange) }

    func hasKey(_ wanted: UnsafeBufferPointer<UInt8>) -> Bool {
        keyRange.count == wanted.count && value.storage[keyRange].elementsEqual(wanted)
    }
}

extension [UInt8] {
    /// Decodes without making a slice first.
    func text(in range: Range<Int>) -> String {
        withUnsafeBufferPointer {
            String(decoding: UnsafeBufferPointer(rebasing: $0[range]), as: UTF8.self)
        }
    }
}
