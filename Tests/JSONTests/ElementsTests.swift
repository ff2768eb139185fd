import JSON
import NIOCore
import Testing

@Suite struct ElementsTests {
    /// The elements of a text that arrives in pieces of `size` bytes.
    private func elements(_ text: String, size: Int, maximumDepth: Int = 10) throws -> [String] {
        var rest = ByteBuffer(string: text)
        var elements = JSONElements(maximumDepth: maximumDepth) {
            rest.readSlice(length: min(size, rest.readableBytes)).flatMap {
                $0.readableBytes > 0 ? $0 : nil
            }
        }
        var found: [String] = []
        while let element = try elements.next(recordedDepth: 0) {
            found.append(element.root.text.description)
        }
        #expect(try elements.next(recordedDepth: 0) == nil)
        return found
    }

    private static let texts: [(String, [String])] = [
        ("[]", []),
        (" [ \n] ", []),
        ("[1]", ["1"]),
        (
            "[ 12 , -0.5e+10,\"a\\u00e9\\ud83d\\ude00é€😀\" ]",
            ["12", "-0.5e+10", "\"a\\u00e9\\ud83d\\ude00é€😀\""]
        ),
        (
            "[{\"a\":[1,{}],\"b]\":null},true,[[]],{}]\n",
            ["{\"a\":[1,{}],\"b]\":null}", "true", "[[]]", "{}"]
        ),
    ]

    @Test("elements are the same however the text is split", arguments: texts)
    func pieces(text: String, expected: [String]) throws {
        for size in 1...text.utf8.count {
            #expect(try elements(text, size: size) == expected)
        }
    }

    @Test(
        "an error has the same offset however the text is split",
        arguments: [
            ("", JSONError.Reason.unexpectedEnd, 0), ("{}", .unexpectedByte, 0),
            ("[", .unexpectedEnd, 1), ("[1", .unexpectedEnd, 2), ("[1,", .unexpectedEnd, 3),
            ("[1,]", .unexpectedByte, 3), ("[,1]", .unexpectedByte, 1),
            ("[1 2]", .unexpectedByte, 3), ("[1]]", .trailingBytes, 3),
            ("[{\"a\":1},{\"b\" 2}]", .unexpectedByte, 14), ("[{\"a\":1}", .unexpectedEnd, 8),
            ("[\"a\", \"\\ud83d\"]", .loneSurrogate, 7), ("[1, nul]", .unexpectedByte, 7),
            ("[[[[1]]]]", .tooDeep, 3),
        ])
    func mistakes(text: String, reason: JSONError.Reason, offset: Int) {
        for size in 1...max(text.utf8.count, 1) {
            #expect {
                try elements(text, size: size, maximumDepth: 3)
            } throws: { error in
                (error as? JSONError)?.reason == reason && (error as? JSONError)?.offset == offset
            }
        }
    }

    @Test("an element longer than many pieces is read")
    func longElement() throws {
        let long = "\"" + String(repeating: "x", count: 100_000) + "\""

        #expect(try elements("[\(long),1]", size: 1000) == [long, "1"])
    }

    @Test("an error of the reading closure is rethrown")
    func failingRead() {
        struct Broken: Error {}
        var elements = JSONElements { throw Broken() }

        #expect(throws: Broken.self) { try elements.next(recordedDepth: 0) }
    }
}
