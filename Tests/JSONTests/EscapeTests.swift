import JSON
import Testing

@Suite("JSON escapes")
struct EscapeTests {
    @Test(
        "an escape stands for its character, in values and keys",
        arguments: [
            (#"\""#, "\""), (#"\\"#, "\\"), (#"\/"#, "/"), (#"\b"#, "\u{8}"), (#"\f"#, "\u{C}"),
            (#"\n"#, "\n"), (#"\r"#, "\r"), (#"\t"#, "\t"), (#"\u0000"#, "\0"),
            (#"\u001f"#, "\u{1F}"), (#"\u0041"#, "A"), (#"\u00e9"#, "é"), (#"\u00E9"#, "é"),
            (#"\u07ff"#, "\u{7FF}"), (#"\u0800"#, "\u{800}"), (#"\uabCD"#, "\u{ABCD}"),
            (#"\ud7ff"#, "\u{D7FF}"), (#"\ue000"#, "\u{E000}"), (#"\ufffe"#, "\u{FFFE}"),
            (#"\uffff"#, "\u{FFFF}"), (#"\ud800\udc00"#, "\u{10000}"),
            (#"\uD83D\uDE00"#, "😀"), (#"\uDBFF\uDFFF"#, "\u{10FFFF}"),
            (#"a\nb"#, "a\nb"), (#"\n\n\n\n"#, "\n\n\n\n"), (#"é\u00e9😀\ud83d\ude00"#, "éé😀😀"),
            (#"\\u0041"#, #"\u0041"#), (#"\\\""#, #"\""#), (#"e\u0301"#, "e\u{301}"),
        ])
    func accepted(escaped: String, plain: String) throws {
        for padding in 0...9 {
            let blank = String(repeating: "-", count: padding)
            let text = "{\"\(blank)\(escaped)\(blank)\":\"\(blank)\(escaped)\(blank)\"}"
            let root = try outline(text).root

            let member = try #require(root.members.first)

            #expect(Array(member.name.utf8) == Array((blank + plain + blank).utf8))
            #expect(Array(member.value.string?.utf8 ?? "".utf8) == Array(member.name.utf8))
            #expect(root[member.name]?.string == member.name)
            #expect(root.text.description == text)
            #expect(refusal(of: text.utf8, recordedDepth: 0) == nil)
        }
    }

    @Test("every UTF-16 unit that is not a surrogate can be escaped")
    func everyUnit() throws {
        for unit in UInt32(0)...0xFFFF {
            let digits = String(unit, radix: 16)
            let text = "\"\\u" + String(repeating: "0", count: 4 - digits.count) + digits + "\""
            if let scalar = Unicode.Scalar(unit) {
                let string = try outline(text).root.string
                if string?.unicodeScalars.elementsEqual(CollectionOfOne(scalar)) != true {
                    Issue.record("\(text) is \(String(describing: string))")
                }
            } else if refusal(of: text.utf8)?.reason != .loneSurrogate {
                Issue.record("\(text) is not refused")
            }
        }
    }

    @Test(
        "an unknown escape is refused at its backslash",
        arguments: Array(UInt8.min...UInt8.max).filter { !"\"\\/bfnrtu".utf8.contains($0) })
    func unknown(byte: UInt8) {
        for padding in 0...9 {
            let before = Array(repeating: UInt8(ascii: "a"), count: padding)
            let text = "\"".utf8 + before + [UInt8(ascii: "\\"), byte] + "aaaaaaaaa\"".utf8

            for bytes in [text, "{".utf8 + text + ":1}".utf8] {
                let error = refusal(of: bytes)

                #expect(error?.reason == .invalidEscape)
                #expect(error?.offset == bytes.firstIndex(of: UInt8(ascii: "\\")))
            }
        }
    }

    @Test(
        "digits that are not hexadecimal are refused at their offset",
        arguments: [
            (#""\u""#, 3), (#""\u1""#, 4), (#""\u12""#, 5), (#""\u123""#, 6), (#""\ug000""#, 3),
            (#""\u0g00""#, 4), (#""\u00g0""#, 5), (#""\u000g""#, 6), (#""\u 000""#, 3),
            (#""\u-001""#, 3), (#""\u+001""#, 3), (#""\u00:0""#, 5), (#""\u00@0""#, 5),
            (#""\u00`0""#, 5), (#""\u00é""#, 5), (#""\U0041""#, 1), (#""\x41""#, 1),
            (#""\ud83d\uzz00""#, 9), (#""\ud83d\udz00""#, 10),
        ])
    func badDigits(text: String, offset: Int) {
        let error = refusal(of: text.utf8)

        #expect(error?.reason == .invalidEscape)
        #expect(error?.offset == offset)
    }

    @Test(
        "half a surrogate pair is refused at its backslash, in values and keys",
        arguments: [
            (#"\ud800"#, 0), (#"\uDBFF"#, 0), (#"\udc00"#, 0), (#"\uDFFF"#, 0), (#"\ud83dx"#, 0),
            (#"\ud83d\n"#, 0), (#"\ud83d\\"#, 0), (#"\ud83d\u0041"#, 0), (#"\ud83d\ud83d"#, 0),
            (#"\ude00\ud83d"#, 0), (#"\ud83d\ue000"#, 0), (#"\ud83d\ud83d\ude00"#, 0),
            (#"\ud83d\ude00\ude00"#, 12), (#"abcdefghi\ud83d"#, 9), (#"\u0041\ud83d"#, 6),
            (#"\ud83d \ude00"#, 0),
        ])
    func loneSurrogates(inside: String, offset: Int) {
        for (before, after) in [
            ("\"", "\""), ("[\"", "\"]"), ("{\"", "\":1}"), ("{\"a\":\"", "\"}"),
        ] {
            for depth in recordedDepths {
                let error = refusal(of: (before + inside + after).utf8, recordedDepth: depth)

                #expect(error?.reason == .loneSurrogate)
                #expect(error?.offset == before.utf8.count + offset)
            }
        }
    }

    @Test("a text that ends inside a surrogate pair is refused")
    func truncatedPair() {
        let text = Array(#""\ud83d\ude00""#.utf8)

        for count in 1..<text.count {
            #expect(refusal(of: text[..<count]) != nil)
        }
    }

    @Test("an unescaped control character is refused anywhere in a string")
    func controlCharacters() {
        for byte in UInt8(0)..<0x20 {
            for padding in 0...17 {
                let before = Array(repeating: UInt8(ascii: " "), count: padding)
                let string = "\"".utf8 + before + [byte] + "        \"".utf8

                let inValue = refusal(of: string)
                let inKey = refusal(of: "{".utf8 + string + ":1}".utf8)

                #expect(inValue?.reason == .controlCharacter)
                #expect(inValue?.offset == padding + 1)
                #expect(inKey?.reason == .controlCharacter)
                #expect(inKey?.offset == padding + 2)
            }
        }
    }
}
