import BSON
import Testing

@Suite struct BSONDocumentTests {
    @Test("a document is built as the bytes that BSON defines")
    func bytes() {
        let document = BSONDocument { $0.append("hello", "world") }

        #expect(
            Array(document.bytes) == [0x16, 0, 0, 0, 2] + Array("hello\0".utf8)
                + [6, 0, 0, 0] + Array("world\0".utf8) + [0])
    }

    @Test("every value that can be built is read back unchanged")
    func values() throws {
        let id = try #require(BSONObjectID(UInt8(0)..<12))
        let document = BSONDocument {
            $0.append("double", -0.0)
            $0.append("string", "ä\0b")
            $0.append("bool", true)
            $0.append("int32", Int32.min)
            $0.append("int64", Int64.max)
            $0.append("int", 7)
            $0.append("date", BSONDate(milliseconds: -1))
            $0.append("timestamp", BSONTimestamp(seconds: .max, increment: 2))
            $0.append("objectID", id)
            $0.append("binary", BSONBinary(subtype: 128, bytes: [1, 2]))
            $0.append("null", BSONNull())
            $0.append("nil", String?.none)
            $0.append("some", String?.some("x"))
        }

        #expect(document["double"]?.double?.sign == .minus)
        #expect(document["string"]?.string == "ä\0b")
        #expect(document["bool"]?.bool == true)
        #expect(document["int32"]?.int32 == .min)
        #expect(document["int64"]?.int64 == .max)
        #expect(document["int"]?.int64 == 7)
        #expect(document["date"]?.date == BSONDate(milliseconds: -1))
        #expect(document["timestamp"]?.timestamp == BSONTimestamp(seconds: .max, increment: 2))
        #expect(document["objectID"]?.objectID == id)
        #expect(document["binary"]?.binary == BSONBinary(subtype: 128, bytes: [1, 2]))
        #expect(document["null"]?.isNull == true)
        #expect(document["nil"]?.isNull == true)
        #expect(document["some"]?.string == "x")
        #expect(document["missing"] == nil)
    }

    @Test("documents and arrays nest, and arrays use indexes as keys")
    func nesting() throws {
        let document = BSONDocument {
            $0.array("list") { list in
                for number in 0..<12 { list.append(number) }
                list.document { $0.append("inner", "x") }
                list.array { $0.append(true) }
            }
            $0.document("after") { $0.append("y", 1.5) }
        }

        let list = try #require(document["list"]?.array)
        #expect(list.compactMap(\.int64) == Array(0..<12))
        #expect(Array(list)[12].document?["inner"]?.string == "x")
        #expect(Array(list)[13].array?.first?.bool == true)
        #expect(document["after"]?.document?["y"]?.double == 1.5)
        let keys = try BSONDocument(checking: Array(#require(document["list"]).bytes)).map(\.key)
        #expect(keys == (0..<14).map(String.init))
    }

    @Test("an accessor returns nil for a value of another type")
    func otherTypes() throws {
        let value = try #require(BSONDocument { $0.append("x", "text") }["x"])

        #expect(value.int32 == nil && value.int64 == nil && value.double == nil)
        #expect(value.bool == nil && value.date == nil && value.timestamp == nil)
        #expect(value.objectID == nil && value.binary == nil && !value.isNull)
        #expect(value.document == nil && value.array == nil && value.integer == nil)
    }

    @Test("a whole number of any binary numeric type is an integer")
    func integers() {
        let document = BSONDocument {
            $0.append("int32", Int32(5))
            $0.append("int64", Int64(5))
            $0.append("double", 5.0)
            $0.append("fraction", 5.5)
            $0.append("huge", 1e300)
            $0.append("nan", Double.nan)
        }

        #expect(document.compactMap { $0.value.integer } == [5, 5, 5])
    }

    @Test("values are copied from one document to another unchanged")
    func splicing() throws {
        let source = BSONDocument {
            $0.array("list") { $0.append(Int32(1)) }
            $0.append("text", "t")
        }

        let copy = BSONDocument {
            for element in source { $0.append(BSONKey(checking: element.key)!, element.value) }
        }

        #expect(copy == source)
    }

    @Test("a key with a zero byte cannot be made")
    func zeroInKey() {
        #expect(BSONKey(checking: "a\0b") == nil)
        #expect(BSONKey(checking: "a.$b") != nil)
    }

    @Test("invalid UTF-8 is replaced in text, and kept in the bytes")
    func invalidUTF8() throws {
        let bytes: [UInt8] = [15, 0, 0, 0, 2, 0x78, 0, 3, 0, 0, 0, 0xFF, 0x79, 0, 0]

        let value = try #require(BSONDocument(checking: bytes)["x"])

        #expect(value.string == "\u{FFFD}y")
        #expect(value.utf8.map(Array.init) == [0xFF, 0x79])
    }
}
