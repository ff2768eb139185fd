import JSON
import NIOCore
import Testing

@Suite("JSON outline")
struct OutlineTests {
    static let nested = #"{"a": [ {"b": [1, {"c": 2}]}, 3 ], "d":"x","e": {"f":null}}"#

    @Test("members are recorded down to the requested depth, and kept as text below")
    func recordedDepth() throws {
        let none = try outline(Self.nested, recordedDepth: 0).root
        let one = try outline(Self.nested, recordedDepth: 1).root
        let two = try outline(Self.nested, recordedDepth: 2).root
        let three = try outline(Self.nested, recordedDepth: 3).root

        #expect(none.kind == .object)
        #expect(none.members.isEmpty)
        #expect(none["a"] == nil)
        #expect(none.text.description == Self.nested)

        #expect(one.members.map(\.name) == ["a", "d", "e"])
        #expect(one["a"]?.kind == .array)
        #expect(one["a"]?.elements.isEmpty == true)
        #expect(one["a"]?.text.description == #"[ {"b": [1, {"c": 2}]}, 3 ]"#)
        #expect(one["d"]?.string == "x")
        #expect(one["e"]?["f"] == nil)

        #expect(two["a"]?.elements.map(\.kind) == [.object, .number])
        #expect(two["a"]?.elements[0].text.description == #"{"b": [1, {"c": 2}]}"#)
        #expect(two["a"]?.elements[0].members.isEmpty == true)
        #expect(two["a"]?.elements[1].integer == 3)
        #expect(two["e"]?["f"]?.kind == .null)

        #expect(three["a"]?.elements[0]["b"]?.text.description == #"[1, {"c": 2}]"#)
        #expect(three["a"]?.elements[0]["b"]?.elements.isEmpty == true)
        #expect(three["d"]?.string == "x")
    }

    @Test("members of a text that is kept are read without a copy of it")
    func keptText() throws {
        let escapes = #"{"a\u0062":"c\nd","s":"plain","n":[-1.50,7],"o":{"x":null,"y":true},"":""}"#
        for text in [Self.nested, escapes, "7", #""x""#] {
            let kept = try #require(JSONText(text).value(recordedDepth: 9))
            let sent = try outline(text, recordedDepth: 9).root

            #expect(Tree(kept) == Tree(sent))
            #expect(kept.text == sent.text)
            #expect(kept["ab"]?.string == sent["ab"]?.string)
        }
        let kept = try #require(JSONText(escapes).value(recordedDepth: 9))
        for value in [kept, try outline(escapes, recordedDepth: 9).root] {
            #expect(value["ab"].map { Array($0.utf8) } == Array("c\nd".utf8))
            #expect(value["s"].map { Array($0.utf8) } == Array("plain".utf8))
            #expect(value["n"]?.elements.map(\.digits) == ["-1.50", "7"])
            #expect(value["n"]?.utf8 == [] && value["s"]?.digits == "")
        }
        let text = try JSONText("\"" + String(repeating: "x", count: 100) + "\"")
        let inside = try #require(text.value(recordedDepth: 0)?.utf8)
        let isInPlace = text.bytes.withUnsafeBytes { whole in
            inside.withUnsafeBytes { $0.baseAddress == whole.baseAddress.map { $0 + 1 } }
        }
        #expect(isInPlace)
    }

    @Test("the last of duplicate members counts, and the text keeps all of them")
    func duplicates() throws {
        let text = #"{"a":1,"b":{"a":7},"a":[2],"\u0061":3,"c":4}"#
        for depth in 1...3 {
            let root = try outline(text, recordedDepth: depth).root

            #expect(root["a"]?.integer == 3)
            #expect(root.members.map(\.name) == ["a", "b", "a", "a", "c"])
            #expect(root.text.description == text)
        }
    }

    @Test("an escaped key equals its unescaped form", arguments: [1, 2])
    func escapedKeys(depth: Int) throws {
        let root = try outline(
            #"{"n\u0065w_job":1,"\u0000":2,"a\"b":3,"\ud83d\ude00":4,"\/":5,"\\u0061":6}"#,
            recordedDepth: depth
        ).root

        #expect(root["new_job"]?.integer == 1)
        #expect(root["\0"]?.integer == 2)
        #expect(root["a\"b"]?.integer == 3)
        #expect(root["😀"]?.integer == 4)
        #expect(root["/"]?.integer == 5)
        #expect(root[#"\u0061"#]?.integer == 6)
        #expect(root["a"] == nil)
        #expect(root[#"n\u0065w_job"#] == nil)
    }

    @Test("keys are compared by their bytes, whether escaped or not")
    func bytewiseKeys() throws {
        let plain = try outline("{\"e\u{301}\":1,\"\u{212A}\":2}").root
        let escaped = try outline(#"{"e\u0301":1,"\u212a":2}"#).root

        for root in [plain, escaped] {
            #expect(root["e\u{301}"]?.integer == 1)
            #expect(root["\u{E9}"] == nil)
            #expect(root["\u{212A}"]?.integer == 2)
            #expect(root["K"] == nil)
        }
    }

    @Test("a key that begins with, ends with or contains another is not equal to it")
    func similarKeys() throws {
        let root = try outline(#"{"ab":1,"abc":2,"":3,"b":4}"#).root

        #expect(root["ab"]?.integer == 1)
        #expect(root["abc"]?.integer == 2)
        #expect(root[""]?.integer == 3)
        #expect(root["b"]?.integer == 4)
        #expect(root["a"] == nil)
        #expect(root["bc"] == nil)
        #expect(root["abcd"] == nil)
    }

    @Test("an accessor returns nothing for a value of another kind")
    func kinds() throws {
        let root = try outline(#"[null,true,false,1,"1",[1],{"a":1}]"#, recordedDepth: 2).root
        let values = root.elements

        #expect(
            values.map(\.kind) == [.null, .boolean, .boolean, .number, .string, .array, .object])
        #expect(values.map(\.boolean) == [nil, true, false, nil, nil, nil, nil])
        #expect(values.map(\.integer) == [nil, nil, nil, 1, nil, nil, nil])
        #expect(values.map(\.string) == [nil, nil, nil, nil, "1", nil, nil])
        #expect(values.map(\.elements.count) == [0, 0, 0, 0, 0, 1, 0])
        #expect(values.map(\.members.count) == [0, 0, 0, 0, 0, 0, 1])
        #expect(values.allSatisfy { $0["b"] == nil })
        #expect(values.map { $0["a"]?.integer } == [nil, nil, nil, nil, nil, nil, 1])
    }

    @Test("the text of a value is its bytes without the white space around it")
    func texts() throws {
        let root = try outline(
            " { \"s\" : \"a\\n\" , \"n\" :\t-1.50e+02\r\n, \"o\" : { \"x\" : 1 } , \"l\":[ ] , \"t\" : true } "
        ).root

        #expect(root["s"]?.text.description == #""a\n""#)
        #expect(root["n"]?.text.description == "-1.50e+02")
        #expect(root["o"]?.text.description == #"{ "x" : 1 }"#)
        #expect(root["l"]?.text.description == "[ ]")
        #expect(root["t"]?.text.description == "true")
    }

    @Test("bytes before the buffer's readable ones are ignored")
    func readerIndex() throws {
        var buffer = ByteBuffer(string: "garbage{\"a\":\"é\\n\",\"b\":[1]}garbage")
        buffer.moveReaderIndex(forwardBy: 7)
        buffer.moveWriterIndex(to: buffer.writerIndex - 7)
        let slice = try #require(buffer.getSlice(at: 7, length: buffer.readableBytes))

        for buffer in [buffer, slice] {
            let root = try JSONOutline(buffer, recordedDepth: 2).root

            #expect(root["a"]?.string == "é\n")
            #expect(root["b"]?.elements[0].integer == 1)
            #expect(root.text.description == "{\"a\":\"é\\n\",\"b\":[1]}")
        }
        buffer.moveReaderIndex(forwardBy: 1)
        #expect(throws: JSONError.self) { try JSONOutline(buffer, recordedDepth: 1) }
    }

    @Test("an outline is unaffected by later changes of its buffer")
    func ownBytes() throws {
        var buffer = ByteBuffer(string: #"{"a":"before"}"#)
        let root = try JSONOutline(buffer, recordedDepth: 1).root

        buffer.setString("{\"a\":\"after!\"}", at: 0)

        #expect(root["a"]?.string == "before")
    }

    @Test("many members are found in their order")
    func manyMembers() throws {
        let members = (0..<1000).map { "\"k\($0)\":[\($0),{\"x\":\($0)}]" }
        let root = try outline("{" + members.joined(separator: ",") + "}", recordedDepth: 3).root

        #expect(root.members.map(\.name) == (0..<1000).map { "k\($0)" })
        #expect(root["k999"]?.elements[1]["x"]?.integer == 999)
        #expect(root["k1000"] == nil)
    }
}
