import JSON
import Testing

/// The table of RFC 3629, section 4, and its characters at all positions of the scanner's 8-byte
/// steps.
@Suite("UTF-8 in JSON")
struct UTF8Tests {
    @Test(
        "the first and last characters of each row of the table are accepted",
        arguments: [
            [0x7F], [0xC2, 0x80], [0xDF, 0xBF], [0xE0, 0xA0, 0x80], [0xE0, 0xBF, 0xBF],
            [0xE1, 0x80, 0x80], [0xEC, 0xBF, 0xBF], [0xED, 0x80, 0x80], [0xED, 0x9F, 0xBF],
            [0xEE, 0x80, 0x80], [0xEF, 0xBF, 0xBF], [0xF0, 0x90, 0x80, 0x80],
            [0xF0, 0xBF, 0xBF, 0xBF], [0xF1, 0x80, 0x80, 0x80], [0xF3, 0xBF, 0xBF, 0xBF],
            [0xF4, 0x80, 0x80, 0x80], [0xF4, 0x8F, 0xBF, 0xBF],
        ] as [[UInt8]])
    func accepted(character: [UInt8]) throws {
        for before in 0...9 {
            for after in 0...9 {
                let inside =
                    Array(repeating: UInt8(ascii: "a"), count: before) + character
                    + Array(repeating: UInt8(ascii: "b"), count: after)
                let string = try outline(bytes: "\"".utf8 + inside + "\"".utf8).root.string

                #expect(string.map { Array($0.utf8) } == inside)
                #expect(refusal(of: "{\"".utf8 + inside + "\":1}".utf8) == nil)
            }
        }
    }

    @Test(
        "overlong forms, surrogates and values over U+10FFFF are refused where they begin",
        arguments: [
            [0x80], [0xBF], [0xC0, 0x80], [0xC0, 0xAF], [0xC1, 0xBF], [0xE0, 0x80, 0x80],
            [0xE0, 0x80, 0xAF], [0xE0, 0x9F, 0xBF], [0xF0, 0x80, 0x80, 0xAF],
            [0xF0, 0x8F, 0xBF, 0xBF], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF],
            [0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80], [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80],
            [0xFC, 0x84, 0x80, 0x80, 0x80, 0x80],
            [0xFE], [0xFF], [0xFE, 0xFF], [0xC2, 0x7F], [0xC2, 0xC0], [0xC2, 0xC2, 0x80],
            [0xE1, 0x7F, 0x80], [0xE1, 0xC0, 0x80], [0xE1, 0x80, 0x7F], [0xE1, 0x80, 0xC0],
            [0xF1, 0x80, 0x80, 0x7F], [0xF1, 0x80, 0x80, 0xC0], [0xF1, 0x80, 0x7F, 0x80],
            [0xF1, 0x80, 0xC0, 0x80], [0xF1, 0x7F, 0x80, 0x80], [0xF1, 0xC0, 0x80, 0x80],
        ] as [[UInt8]])
    func refused(sequence: [UInt8]) {
        for before in 0...9 {
            for after in 0...9 {
                let inside =
                    Array(repeating: UInt8(ascii: "a"), count: before) + sequence
                    + Array(repeating: UInt8(ascii: "b"), count: after)

                let inValue = refusal(of: "\"".utf8 + inside + "\"".utf8)
                let inKey = refusal(of: "{\"".utf8 + inside + "\":1}".utf8)

                #expect(inValue?.reason == .invalidUTF8)
                #expect(inValue?.offset == before + 1)
                #expect(inKey?.reason == .invalidUTF8)
                #expect(inKey?.offset == before + 2)
            }
        }
    }

    @Test(
        "a character truncated by the end of the string or text is refused at its start",
        arguments: ["é", "€", "\u{FFFF}", "😀", "\u{10FFFF}"])
    func truncated(character: String) {
        for before in 0...17 {
            for length in 1..<character.utf8.count {
                let bytes =
                    [UInt8(ascii: "\"")] + Array(repeating: UInt8(ascii: "a"), count: before)
                    + character.utf8.prefix(length)

                for rest in ["", "\"", "\"]", "a\"", "é\"", "\\n\""] {
                    let error = refusal(of: bytes + rest.utf8)

                    #expect(error?.reason == .invalidUTF8)
                    #expect(error?.offset == before + 1)
                }
            }
        }
    }

    @Test("every scalar value is read back")
    func everyScalar() throws {
        var text = "\""
        for value in UInt32(0x20)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value), scalar != "\"", scalar != "\\" else {
                continue
            }
            text.unicodeScalars.append(scalar)
        }
        text += "\""

        let root = try outline(text).root

        #expect(root.string?.utf8.elementsEqual(text.utf8.dropFirst().dropLast()) == true)
        #expect(root.text.bytes == Array(text.utf8))
    }

    @Test("every pair of bytes is judged as by the standard library", arguments: [0, 3, 7])
    func everyPair(padding: Int) {
        let before = Array(repeating: UInt8(ascii: "a"), count: padding)
        for first in UInt8.min...UInt8.max {
            for second in UInt8.min...UInt8.max { judge(before + [first, second, 0x61, 0x62]) }
        }
    }

    @Test("sequences of 3 and 4 bytes are accepted or refused as by the standard library")
    func longerSequences() {
        let borders: [UInt8] = [0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0]
        for first in UInt8(0xDF)...0xF8 {
            for second in borders {
                for third in borders {
                    judge([first, second, third])
                    for fourth in borders { judge([first, second, third, fourth]) }
                }
            }
        }
    }

    /// Compares the scanner's result for the inside of a string with the standard library's.
    private func judge(_ inside: [UInt8]) {
        guard !inside.contains(UInt8(ascii: "\"")), !inside.contains(UInt8(ascii: "\\")) else {
            return
        }
        let isValid =
            String(validating: inside, as: UTF8.self) != nil && inside.allSatisfy { $0 >= 0x20 }
        let error = refusal(of: "\"".utf8 + inside + "\"".utf8)
        if (error == nil) != isValid {
            Issue.record("\(inside): \(error?.description ?? "accepted")")
        }
    }

    @Test("only ASCII is accepted outside of strings", arguments: ["é", "\u{A0}", "１", "“"])
    func outside(character: String) {
        #expect(refusal(of: "[\(character)]".utf8)?.reason == .unexpectedByte)
        #expect(refusal(of: "[] \(character)".utf8)?.reason == .trailingBytes)
    }
}
