import JSON
import Testing

@Suite("JSON text")
struct JSONTextTests {
    @Test(
        "a text is kept byte for byte",
        arguments: [
            "null", "-0.0", "1e-300", "9223372036854775807", "12345678901234567890123", "1e400",
            #""""#, #""\u0000""#, #""é\u00e9😀""#, #"{"$date":{"$numberLong":"1"}}"#,
            #"{"__proto__":{"a.b":null},"":[]}"#, #"{ "a" : 1 , "a" : 2 }"#, "[ 1 ,\n2 ]",
        ])
    func verbatim(text: String) throws {
        let kept = try JSONText("\n \t\r" + text + " \n")

        #expect(kept.bytes == Array(text.utf8))
        #expect(kept.description == text)
        #expect(try JSONText(kept.description) == kept)
        #expect(try outline(text, recordedDepth: 0).root.text == kept)
        #expect(try outline("{\"p\": \(text) }").root["p"]?.text == kept)
        #expect(
            try outline("[[\(text)\n]]", recordedDepth: 2).root.elements[0].elements[0].text == kept
        )
    }

    @Test("texts are equal if their bytes are equal")
    func equality() throws {
        #expect(try JSONText(" 1") == JSONText("1 "))
        #expect(try JSONText("1") != JSONText("1.0"))
        #expect(try JSONText("[1]") != JSONText("[ 1]"))
        #expect(try JSONText("\"\u{E9}\"") != JSONText("\"e\u{301}\""))
        #expect(try Set([JSONText("1"), JSONText("1 "), JSONText("2")]).count == 2)
    }

    @Test("a substring can be a text")
    func substring() throws {
        let whole = "xx[1,2]yy"

        #expect(try JSONText(whole.dropFirst(2).dropLast(2)).description == "[1,2]")
    }

    @Test("an invalid text is refused with the offset of the error")
    func refused() {
        let error = #expect(throws: JSONError.self) { try JSONText("[1,") }

        #expect(error?.reason == .unexpectedEnd)
        #expect(error?.offset == 3)
    }

    @Test("the nesting limit can be set")
    func depth() throws {
        #expect(try JSONText("[[1]]", maximumDepth: 2).description == "[[1]]")
        #expect(try JSONText("1", maximumDepth: 0).description == "1")
        let error = #expect(throws: JSONError.self) { try JSONText("[[1]]", maximumDepth: 1) }
        #expect(error?.reason == .tooDeep)
        #expect(error?.offset == 1)
    }
}
