import JSON

/// 128 bits that are written as 32 lower-case hex digits, the form of job ids and lock tokens.
///
/// Two words take a quarter of the memory of a string, and are copied and compared without an
/// allocation.
struct HexNumber: Hashable, Comparable, Sendable {
    var high: UInt64
    var low: UInt64

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Creates a number from its digits; `nil` unless the text is exactly 32 lower-case hex digits.
    init?(_ text: String) {
        guard text.utf8.count == 32 else { return nil }
        (high, low) = (0, 0)
        for byte in text.utf8 {
            guard let digit = byte.hexDigitValue, !(UInt8(ascii: "A")...UInt8(ascii: "F") ~= byte)
            else {
                return nil
            }
            high = high << 4 | low >> 60
            low = low << 4 | UInt64(digit)
        }
    }

    static func < (left: HexNumber, right: HexNumber) -> Bool {
        left.high == right.high ? left.low < right.low : left.high < right.high
    }

    /// The 32 ASCII digits, computed without an allocation.
    var digits: ShortText {
        ShortText(count: 32) { digits in
            for index in 0..<32 {
                let word = index < 16 ? high : low
                digits[index] = UInt8.lowerHexDigit(
                    UInt8(truncatingIfNeeded: word >> (60 - index % 16 * 4)) & 0xF)
            }
        }
    }

    var text: String { digits.string }
}
