import JSON
import Testing

/// What the grammar of RFC 8259 allows, and what not.
@Suite("JSON grammar")
struct GrammarTests {
    @Test(
        "a valid text is accepted and returned unchanged",
        arguments: [
            ("null", .null), ("true", .boolean), ("false", .boolean), ("0", .number),
            ("\"\"", .string), ("\"a\"", .string), ("[]", .array), ("{}", .object),
            ("[ ]", .array), ("{ }", .object), ("[[],{}]", .array), ("[\n1\t,\r2 ]", .array),
            (#"{"":0}"#, .object), (#"{ "a" : { "b" : [ null , true ] } }"#, .object),
            (#"{"a":1,"a":2}"#, .object), (#"[1,"1",true,null,{},[]]"#, .array),
            ("[[[[[[[[[[]]]]]]]]]]", .array), (#"{"a":{"b":{"c":{"d":{}}}}}"#, .object),
        ] as [(String, JSONKind)])
    func accepted(text: String, kind: JSONKind) throws {
        for depth in recordedDepths {
            let root = try outline(" \t\r\n" + text + "\n\r\t ", recordedDepth: depth).root

            #expect(root.kind == kind)
            #expect(root.text.description == text)
        }
    }

    @Test(
        "a text that ends too early is refused at its end",
        arguments: [
            "", " ", "\n\t\r ", "[", "{", "[1", "[1,", "[[]", "{\"", "{\"a", "{\"a\"", "{\"a\":",
            "{\"a\":1", "{\"a\":1,", "{\"a\":[", "\"", "\"a", "\"\\", "\"\\u", "\"\\u1", "\"\\u12",
            "\"\\u123", "\"\\u1234", "-", "1.", "1e", "1E+", "1e-", "t", "tr", "tru", "f", "fals",
            "n", "nul", "[1 ", "{ ", "[tru", "[-", "[{\"a\":1}",
        ])
    func tooShort(text: String) {
        for depth in recordedDepths {
            let error = refusal(of: text.utf8, recordedDepth: depth)

            #expect(error?.reason == .unexpectedEnd)
            #expect(error?.offset == text.utf8.count)
        }
    }

    @Test(
        "an unexpected character is refused at its offset",
        arguments: [
            ("x", 0), (",", 0), (":", 0), ("]", 0), ("}", 0), (" /", 1), ("+1", 0), (".5", 0),
            ("'a'", 0), ("a", 0), ("NaN", 0), ("Infinity", 0), ("undefined", 0), ("True", 0),
            ("TRUE", 0), ("nulL", 3), ("tRue", 1), ("falze", 3), ("//c\n1", 0), ("/**/1", 0),
            ("[,", 1), ("[,]", 1), ("[1,]", 3), ("[1,,2]", 3), ("[1 2]", 3), ("[1;2]", 2),
            ("[1}", 2), ("[}", 1), ("[:]", 1), ("[1:2]", 2), ("[\"a\":1]", 4), ("[[]}", 3),
            ("{]", 1), ("{,}", 1), ("{1:2}", 1), ("{a:1}", 1), ("{'a':1}", 1), ("{null:1}", 1),
            ("{\"a\"}", 4), ("{\"a\" 1}", 5), ("{\"a\",1}", 4), ("{\"a\"=1}", 4),
            ("{\"a\":}", 5), ("{\"a\":,}", 5), ("{\"a\":1,}", 7), ("{\"a\":1,,}", 7),
            ("{\"a\":1]", 6), ("{\"a\":1:2}", 6), ("{\"a\":1 \"b\":2}", 7), ("{\"a\":1,2}", 7),
            ("{\"a\":[}", 6), ("{\"a\":{]", 6), ("{\"a\":1,[]}", 7), ("{[]:1}", 1),
            ("[\u{B}1]", 1), ("[\u{C}1]", 1), ("[\0]", 1), ("[1\u{A0}]", 2), ("[\u{2028}]", 1),
            ("\u{FEFF}[]", 0), ("[\u{FEFF}]", 1), ("[-1-]", 3), ("[1a]", 2), ("[true1]", 5),
        ])
    func unexpected(text: String, offset: Int) {
        for depth in recordedDepths {
            let error = refusal(of: text.utf8, recordedDepth: depth)

            #expect(error?.reason == .unexpectedByte)
            #expect(error?.offset == offset)
        }
    }

    @Test(
        "text after the value is refused where it begins",
        arguments: [
            ("1 2", 2), ("1,", 1), ("nullx", 4), ("true false", 5), ("[]]", 2), ("{}}", 2),
            ("[][]", 2), ("{}{}", 2), ("\"a\"\"b\"", 3), ("1 \0", 2), ("[]\u{FEFF}", 2),
            ("{} //", 3), ("0x10", 1), ("1a", 1), ("1+1", 1), ("1-1", 1), ("1.5.5", 3),
            ("1_000", 1),
        ])
    func trailing(text: String, offset: Int) {
        for depth in recordedDepths {
            let error = refusal(of: text.utf8, recordedDepth: depth)

            #expect(error?.reason == .trailingBytes)
            #expect(error?.offset == offset)
        }
    }

    @Test("only four bytes are white space, and only digits are values on their own")
    func everyByte() {
        for byte in UInt8.min...UInt8.max {
            let isSpace = [0x20, 0x09, 0x0A, 0x0D].contains(byte)
            let isDigit = (0x30...0x39).contains(byte)

            #expect((refusal(of: [byte, 0x5B, 0x5D]) == nil) == isSpace)
            #expect((refusal(of: [0x5B, 0x5D, byte]) == nil) == isSpace)
            #expect((refusal(of: [0x5B, byte, 0x5D]) == nil) == (isSpace || isDigit))
            #expect((refusal(of: [byte]) == nil) == isDigit)
        }
    }

    @Test("an error says what is wrong and where")
    func description() throws {
        let error = try #require(refusal(of: "[1,]".utf8))

        #expect(error.description == "unexpected character at byte 3")
    }
}
