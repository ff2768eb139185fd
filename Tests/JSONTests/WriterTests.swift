import JSON
import NIOCore
import Testing

@Suite("JSON writer")
struct WriterTests {
    /// The text that `write` writes.
    private func written(_ write: (inout JSONWriter) throws -> Void) rethrows -> String {
        var writer = JSONWriter(capacity: 0)
        try write(&writer)
        return String(buffer: writer.buffer)
    }

    @Test("commas are written only between members and elements")
    func commas() throws {
        let plain: StaticString = "xyz"
        let text = try written {
            $0.beginObject()
            $0.key("a" as StaticString)
            $0.beginArray()
            $0.integer(1)
            $0.null()
            $0.boolean(true)
            $0.boolean(false)
            $0.string("s")
            $0.text(try JSONText("[ ]"))
            $0.beginArray()
            $0.endArray()
            $0.beginObject()
            $0.endObject()
            $0.integer(2)
            $0.endArray()
            $0.key("b")
            $0.beginObject()
            $0.key(text: "c")
            $0.string("d")
            $0.key("e" as StaticString)
            $0.null()
            $0.endObject()
            $0.key("f" as StaticString)
            $0.string(plain: UnsafeRawBufferPointer(start: plain.utf8Start, count: 3))
            $0.key("g" as StaticString)
            $0.boolean(false)
            $0.endObject()
        }

        #expect(
            text
                == #"{"a":[1,null,true,false,"s",[ ],[],{},2],"b":{"c":"d","e":null},"f":"xyz","g":false}"#
        )
    }

    @Test(
        "a number with a fraction is written with the fewest digits",
        arguments: [
            (0.1, "0.1"), (1, "1.0"), (-1.25, "-1.25"), (1e-7, "1e-07"), (1e300, "1e+300"),
        ])
    func number(value: Double, text: String) throws {
        let written = written { $0.number(value) }

        #expect(written == text)
        #expect(try JSONText(written).description == text)
    }

    @Test("a single value is a text")
    func alone() throws {
        #expect(written { $0.null() } == "null")
        #expect(written { $0.boolean(true) } == "true")
        #expect(written { $0.string("") } == "\"\"")
        #expect(try written { $0.text(try JSONText(" {} ")) } == "{}")
        #expect(written { _ in } == "")
    }

    @Test("integers of every width are written to their last digit")
    func integers() {
        #expect(written { $0.integer(0) } == "0")
        #expect(written { $0.integer(Int64.min) } == "-9223372036854775808")
        #expect(written { $0.integer(Int64.max) } == "9223372036854775807")
        #expect(written { $0.integer(UInt64.max) } == "18446744073709551615")
        #expect(written { $0.integer(UInt8(7)) } == "7")
        #expect(written { $0.integer(-42) } == "-42")
    }

    @Test("only what must be escaped is escaped")
    func escapes() {
        var expected = "\""
        for value in UInt8(0)..<0x80 {
            switch value {
            case 0x0A: expected += "\\n"
            case 0x0D: expected += "\\r"
            case 0x09: expected += "\\t"
            case 0x22: expected += "\\\""
            case 0x5C: expected += "\\\\"
            case ..<0x10: expected += "\\u000" + String(value, radix: 16)
            case ..<0x20: expected += "\\u00" + String(value, radix: 16)
            default: expected.unicodeScalars.append(Unicode.Scalar(value))
            }
        }
        expected += "é€😀\u{2028}\u{FFFF}\""
        let string = String(decoding: UInt8(0)..<0x80, as: UTF8.self) + "é€😀\u{2028}\u{FFFF}"

        #expect(written { $0.string(string) } == expected)
        #expect(
            written {
                $0.beginObject()
                $0.key(text: string)
                $0.null()
                $0.endObject()
            } == "{\(expected):null}")
    }

    @Test(
        "a string reads back the same wherever its escapes are",
        arguments: ["\"", "\\", "\n", "\0", "\u{1F}", "\u{7F}", "é", "😀"])
    func readBack(character: String) throws {
        for before in 0...9 {
            for after in 0...9 {
                let string =
                    String(repeating: "a", count: before) + character + character
                    + String(repeating: "b", count: after)

                let text = written { $0.string(string) }

                #expect(try outline(text).root.string == string)
            }
        }
    }

    @Test("a buffer that is too small grows", arguments: [0, 1, 100, 10_000])
    func growth(capacity: Int) throws {
        var writer = JSONWriter(capacity: capacity)
        writer.beginArray()
        for index in 0..<1000 { writer.string("\(index)\n") }
        writer.endArray()

        let elements = try JSONOutline(writer.buffer, recordedDepth: 1).root.elements

        #expect(elements.map(\.string) == (0..<1000).map { "\($0)\n" })
    }

    @Test("hexadecimal digits are lower case")
    func hexDigits() {
        let digits = (0..<16).map(UInt8.lowerHexDigit)

        #expect(String(decoding: digits, as: UTF8.self) == "0123456789abcdef")
        #expect("09afAF".utf8.map(\.hexDigitValue) == [0, 9, 10, 15, 10, 15])
        #expect("/:@G`g".utf8.allSatisfy { $0.hexDigitValue == nil })
    }
}
