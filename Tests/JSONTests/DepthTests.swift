import JSON
import SeededRandom
import Testing

@Suite("JSON nesting")
struct DepthTests {
    /// Which levels, counted from 0, are objects.
    enum Shape: String, CaseIterable {
        case arrays, objects, alternating, alternatingFromObject, pairs, squares

        func isObject(_ level: Int) -> Bool {
            switch self {
            case .arrays: false
            case .objects: true
            case .alternating: level % 2 == 1
            case .alternatingFromObject: level % 2 == 0
            case .pairs: level / 2 % 2 == 0
            case .squares: Int(Double(level).squareRoot()) % 3 == 1
            }
        }

        /// The opening brackets of `depth` levels, each object with a key.
        func opening(_ depth: Int) -> String {
            (0..<depth).map { isObject($0) ? "{\"k\":" : "[" }.joined()
        }

        func closing(_ depth: Int) -> String {
            (0..<depth).reversed().map { isObject($0) ? "}" : "]" }.joined()
        }
    }

    static let limits = [0, 1, 2, 3, 4, 62, 63, 64, 65, 66, 127, 128, 129, 130, 192, 193, 1000]

    @Test(
        "nesting up to the limit is accepted, one level more is refused at its bracket",
        arguments: Shape.allCases, limits)
    func border(shape: Shape, limit: Int) {
        let within = shape.opening(limit) + "1" + shape.closing(limit)
        let inner = shape.isObject(limit) ? "{}" : "[]"
        let beyond = shape.opening(limit) + inner + shape.closing(limit)

        for recordedDepth in [0, 1, 2, 3, 5] {
            let accepted = refusal(
                of: within.utf8, recordedDepth: recordedDepth, maximumDepth: limit)
            let error = refusal(of: beyond.utf8, recordedDepth: recordedDepth, maximumDepth: limit)

            #expect(accepted == nil)
            #expect(error?.reason == .tooDeep)
            #expect(error?.offset == shape.opening(limit).utf8.count)
        }
    }

    @Test("the default limit is a thousand levels")
    func standardLimit() throws {
        let shape = Shape.alternating
        let within = shape.opening(1000) + shape.closing(1000)
        let text = within.replacing(":}", with: ":0}")

        #expect(refusal(of: text.utf8)?.reason == nil)
        #expect(refusal(of: "[\(text)]".utf8)?.reason == .tooDeep)
        #expect(throws: JSONError.self) { try JSONText("[\(text)]") }
        #expect(try JSONText(text).bytes == Array(text.utf8))
    }

    @Test("the limit counts open levels, not closed ones")
    func siblings() {
        let pair = "[[],{\"a\":{}},[[]]]"
        let text = "[" + Array(repeating: pair, count: 300).joined(separator: ",") + "]"

        for recordedDepth in recordedDepths {
            #expect(refusal(of: text.utf8, recordedDepth: recordedDepth, maximumDepth: 4) == nil)
            #expect(
                refusal(of: text.utf8, recordedDepth: recordedDepth, maximumDepth: 2)?.reason
                    == .tooDeep)
        }
    }

    @Test(
        "a bracket of the wrong kind is refused at every level",
        arguments: Shape.allCases, [1, 2, 63, 64, 65, 66, 127, 128, 129, 130, 200])
    func wrongBracket(shape: Shape, depth: Int) {
        let opened = shape.opening(depth) + "1"
        for level in 0..<depth {
            let closed = (level + 1..<depth).reversed().map { shape.isObject($0) ? "}" : "]" }
            let wrong = shape.isObject(level) ? "]" : "}"
            let text = opened + closed.joined() + wrong

            let error = refusal(of: text.utf8, recordedDepth: 0)

            if error?.reason != .unexpectedByte || error?.offset != text.utf8.count - 1 {
                Issue.record("level \(level): \(error?.description ?? "accepted")")
            }
        }
    }

    @Test(
        "nesting up and down across multiples of 64 levels matches its brackets",
        arguments: [UInt64(1), 2, 3, 4, 5, 6, 7, 8])
    func walks(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var text = ""
        var open: [Bool] = []
        func enter() {
            let isObject = Bool.random(using: &random)
            if let outer = open.last, text.last != "[", text.last != ":" {
                text += outer ? ",\"k\":" : ","
            }
            text += isObject ? "{\"k\":" : "["
            open.append(isObject)
        }
        func leave() {
            if text.last == ":" { text += "0" }
            text += open.removeLast() ? "}" : "]"
        }
        let centre = [64, 128, 192].randomElement(using: &random) ?? 64
        while open.count < centre { enter() }
        for _ in 0..<3000 {
            let goesDown =
                open.count < centre - 4 || open.count < centre + 4 && Bool.random(using: &random)
            if goesDown { enter() } else { leave() }
        }
        let beforeEnd = open
        while !open.isEmpty { leave() }

        #expect(refusal(of: text.utf8, recordedDepth: 0) == nil)
        #expect(refusal(of: text.utf8, recordedDepth: 3) == nil)
        for back in 1...beforeEnd.count {
            let offset = text.utf8.count - back
            var bytes = Array(text.utf8)
            bytes[offset] =
                bytes[offset] == UInt8(ascii: "]") ? UInt8(ascii: "}") : UInt8(ascii: "]")
            let error = refusal(of: bytes, recordedDepth: 0)
            if error?.reason != .unexpectedByte || error?.offset != offset {
                Issue.record(
                    "seed \(seed), \(back) from the end: \(error?.description ?? "accepted")")
            }
        }
    }
}
