import SeededRandom

/// Generates random texts that are JSON, or almost.
struct RandomJSON {
    var random: SplitMix64

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    /// A valid text, except that some strings contain half a surrogate pair. A few are nested
    /// deeply, around the 64 and 128 levels where the scanner's stack grows and the 512 that
    /// Foundation allows.
    mutating func document() -> [UInt8] {
        var text: [UInt8] = []
        whiteSpace(into: &text)
        let isDeep = Int.random(in: 0..<200, using: &random) == 0
        let outer = (0..<(isDeep ? pick([60, 125, 510]) : 0)).map { _ in Bool.random(using: &random)
        }
        for isObject in outer { text += (isObject ? "{\"k\":" : "[").utf8 }
        value(into: &text, levels: .random(in: 0...5, using: &random))
        for isObject in outer.reversed() { text += (isObject ? "}" : "]").utf8 }
        whiteSpace(into: &text)
        return text
    }

    /// The text with one to three small mutations.
    mutating func mutation(of text: [UInt8]) -> [UInt8] {
        var text = text
        for _ in 0..<Int.random(in: 1...3, using: &random) { damage(&text) }
        return text
    }

    private mutating func damage(_ text: inout [UInt8]) {
        let position = Int.random(in: 0...text.count, using: &random)
        let end = min(text.count, position + Int.random(in: 1...4, using: &random))
        switch Int.random(in: 0..<8, using: &random) {
        case 0 where position < text.count:
            text[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1 where position < text.count:
            text[position] = UInt8.random(in: .min ... .max, using: &random)
        case 2:
            text.removeSubrange(position..<end)
        case 3:
            text.removeSubrange(position...)
        case 4:
            text.insert(contentsOf: text[position..<end], at: position)
        case 5:
            text.insert(UInt8.random(in: .min ... .max, using: &random), at: position)
        case 6:
            text.replaceSubrange(position..<end, with: pick(Self.pieces).utf8)
        default:
            text.insert(contentsOf: pick(Self.pieces).utf8, at: position)
        }
    }

    private static let pieces = [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "-", "+", ".", "e", "E", "0", "00", "1", "9", " ",
        "\n", "\t", "\0", "\u{B}", "\u{1F}", "\u{7F}", "true", "false", "null", "nul", "NaN",
        "Infinity", "\\u", "\\ud83d", "\\ude00", "\\u0000", "\\\"", "é", "€", "😀", "\u{FEFF}", "'",
        "/", "//", "/*", "*/", "[]", "{}", "\"\"", "\"a\":", ",1", "1e5", "0.5", "1e400", "-0",
        "1.", ".5", "0x1", "9223372036854775808",
    ]

    private mutating func value(into text: inout [UInt8], levels: Int) {
        switch Int.random(in: 0..<(levels > 0 ? 14 : 8), using: &random) {
        case 0: text += pick(["null", "true", "false"]).utf8
        case 1, 2, 3: number(into: &text)
        case 4, 5, 6, 7: string(into: &text)
        case 8, 9, 10: container("[", "]", into: &text) { $0.value(into: &$1, levels: levels - 1) }
        default:
            container("{", "}", into: &text) {
                if Bool.random(using: &$0.random) {
                    $1 += $0.pick(Self.keys).utf8
                } else {
                    $0.string(into: &$1)
                }
                $0.whiteSpace(into: &$1)
                $1 += ":".utf8
                $0.whiteSpace(into: &$1)
                $0.value(into: &$1, levels: levels - 1)
            }
        }
    }

    /// Few, so that some occur twice.
    private static let keys = [
        "\"a\"", "\"b\"", "\"\\u0061\"", "\"\"", "\"type\"", "\"é\"", "\"$date\"",
    ]

    private mutating func container(
        _ opening: String, _ closing: String, into text: inout [UInt8],
        _ element: (inout RandomJSON, inout [UInt8]) -> Void
    ) {
        text += opening.utf8
        whiteSpace(into: &text)
        for index in 0..<Int.random(in: 0...4, using: &random) {
            if index > 0 { text += ",".utf8 }
            whiteSpace(into: &text)
            element(&self, &text)
            whiteSpace(into: &text)
        }
        text += closing.utf8
    }

    private mutating func whiteSpace(into text: inout [UInt8]) {
        guard Int.random(in: 0..<4, using: &random) == 0 else { return }
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            text += pick([" ", "\n", "\r", "\t"]).utf8
        }
    }

    private mutating func number(into text: inout [UInt8]) {
        if Bool.random(using: &random) { text += "-".utf8 }
        switch Int.random(in: 0..<4, using: &random) {
        case 0: text += "0".utf8
        case 1: text += "\(UInt64.random(in: 1 ... .max, using: &random))".utf8
        default: text += "\(Int.random(in: 1...2000, using: &random))".utf8
        }
        if Int.random(in: 0..<3, using: &random) == 0 {
            text += ".".utf8
            for _ in 0..<Int.random(in: 1...20, using: &random) {
                text.append(.random(in: 0x30...0x39, using: &random))
            }
        }
        if Int.random(in: 0..<4, using: &random) == 0 {
            text += pick(["e", "E", "e+", "E-", "e-0"]).utf8
            text += "\(Int.random(in: 0...40, using: &random))".utf8
        }
    }

    private mutating func string(into text: inout [UInt8]) {
        text += "\"".utf8
        for _ in 0..<pick([0, 1, 3, 8, 12, 30]) {
            switch Int.random(in: 0..<40, using: &random) {
            case 0: text += pick(["\\n", "\\\\", "\\\"", "\\/", "\\b", "\\f", "\\r", "\\t"]).utf8
            case 1: escape(scalar(), into: &text)
            case 2, 3, 4: text += String(Character(scalar())).utf8
            case 5 where Int.random(in: 0..<30, using: &random) == 0:
                text += pick(["\\ud83d", "\\ude00", "\\uDBFFx"]).utf8
            default:
                let byte = UInt8.random(in: 0x20...0x7E, using: &random)
                text.append(byte == 0x22 || byte == 0x5C ? 0x2E : byte)
            }
        }
        text += "\"".utf8
    }

    private mutating func scalar() -> Unicode.Scalar {
        let range: ClosedRange<UInt32> = pick([0xA0...0x7FF, 0x800...0xFFFF, 0x10000...0x10FFFF])
        return Unicode.Scalar(UInt32.random(in: range, using: &random)) ?? "\u{E9}"
    }

    private mutating func escape(_ scalar: Unicode.Scalar, into text: inout [UInt8]) {
        for unit in UTF16.encode(scalar).map(Array.init) ?? [] {
            let digits = String(unit, radix: 16, uppercase: Bool.random(using: &random))
            text += ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8
        }
    }

    private mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[Int.random(in: 0..<choices.count, using: &random)]
    }
}
