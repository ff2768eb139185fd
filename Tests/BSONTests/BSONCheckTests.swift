import BSON
import Testing

@Suite struct BSONCheckTests {
    /// One element of each type, under the key "k".
    static let everyType: [(type: BSONType, value: [UInt8])] = [
        (.double, [UInt8](repeating: 0, count: 8)),
        (.string, [2, 0, 0, 0, 0x61, 0]),
        (.document, [5, 0, 0, 0, 0]),
        (.array, [12, 0, 0, 0, 16, 0x30, 0, 1, 0, 0, 0, 0]),
        (.binary, [1, 0, 0, 0, 0, 9]),
        (.undefined, []),
        (.objectID, [UInt8](repeating: 7, count: 12)),
        (.bool, [1]),
        (.date, [UInt8](repeating: 1, count: 8)),
        (.null, []),
        (.regularExpression, [0x61, 0, 0x69, 0]),
        (.databasePointer, [2, 0, 0, 0, 0x61, 0] + [UInt8](repeating: 7, count: 12)),
        (.code, [2, 0, 0, 0, 0x61, 0]),
        (.symbol, [1, 0, 0, 0, 0]),
        (.codeWithScope, [15, 0, 0, 0, 2, 0, 0, 0, 0x61, 0, 5, 0, 0, 0, 0]),
        (.int32, [1, 0, 0, 0]),
        (.timestamp, [UInt8](repeating: 1, count: 8)),
        (.int64, [UInt8](repeating: 1, count: 8)),
        (.decimal128, [UInt8](repeating: 1, count: 16)),
        (.maximumKey, []),
        (.minimumKey, []),
    ]

    static func document(_ elements: [UInt8]) -> [UInt8] {
        let length = Int32(elements.count + 5).littleEndian
        return withUnsafeBytes(of: length) { Array($0) } + elements + [0]
    }

    @Test("a value of every type is skipped", arguments: everyType)
    func steppedOver(type: BSONType, value: [UInt8]) throws {
        let bytes = Self.document([type.rawValue, 0x6B, 0] + value + [8, 0x7A, 0, 1])

        let document = try BSONDocument(checking: bytes)

        #expect(document.map(\.key) == ["k", "z"])
        #expect(document["k"]?.type == type)
        #expect(document["k"].map { Array($0.bytes) } == value)
        #expect(document["z"]?.bool == true)
    }

    @Test("a document truncated anywhere is refused", arguments: everyType)
    func cutShort(type: BSONType, value: [UInt8]) {
        let bytes = Self.document([type.rawValue, 0x6B, 0] + value)

        for count in 0..<bytes.count {
            #expect(throws: BSONError.self) { try BSONDocument(checking: Array(bytes[..<count])) }
        }
    }

    @Test(
        "invalid framing is refused",
        arguments: [
            [],
            [5, 0, 0, 0, 1],  // no terminator
            [6, 0, 0, 0, 0],  // length too large
            [5, 0, 0, 0, 0, 0],  // length too small
            [4, 0, 0, 0, 0],  // length below the minimum
            [0xFF, 0xFF, 0xFF, 0xFF, 0],  // negative
            document([0x14, 0x6B, 0]),  // unknown type
            document([10, 0x6B]),  // an unterminated key
            document([8, 0x6B, 0, 2]),  // neither true nor false
            document([2, 0x6B, 0, 0, 0, 0, 0]),  // a string without its zero byte
            document([2, 0x6B, 0, 1, 0, 0, 0, 1]),  // a string that does not end with a zero byte
            document([2, 0x6B, 0, 0xFF, 0xFF, 0xFF, 0x7F, 0]),  // a string of 2 GB
            document([5, 0x6B, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0]),  // binary of negative length
            document([3, 0x6B, 0, 6, 0, 0, 0, 0, 0]),  // a broken document inside
            document([3, 0x6B, 0, 6, 0, 0, 0, 10, 0]),
            document([15, 0x6B, 0, 14, 0, 0, 0, 2, 0, 0, 0, 0x61, 0, 5, 0, 0, 0, 0]),
            document([11, 0x6B, 0, 0x61, 0]),  // a regular expression without options
        ] as [[UInt8]])
    func broken(bytes: [UInt8]) {
        #expect(throws: BSONError.self) { try BSONDocument(checking: bytes) }
    }

    @Test("nesting up to the limit is accepted, deeper nesting is refused")
    func depth() throws {
        func nested(_ levels: Int) -> [UInt8] {
            (1..<levels).reduce(Self.document([])) { inner, _ in
                Self.document([3, 0x6B, 0] + inner)
            }
        }

        #expect(try !BSONDocument(checking: nested(BSONDocument.maximumDepth)).isEmpty)
        #expect(throws: BSONError.tooDeep) {
            try BSONDocument(checking: nested(BSONDocument.maximumDepth + 1))
        }
        #expect(throws: BSONError.tooDeep) { try BSONDocument(checking: nested(50_000)) }
    }
}
