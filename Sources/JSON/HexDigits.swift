extension UInt8 {
    /// The lower-case ASCII digit for a value below 16.
    @inlinable package static func lowerHexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? value + UInt8(ascii: "0") : value - 10 + UInt8(ascii: "a")
    }

    /// The value of an ASCII hexadecimal digit of either case.
    @inlinable package var hexDigitValue: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension Sequence<UInt8> {
    /// Two lower-case digits for each byte.
    package var hexDigits: String {
        String(
            decoding: flatMap { [UInt8.lowerHexDigit($0 >> 4), .lowerHexDigit($0 & 0xF)] },
            as: UTF8.self)
    }
}

extension [UInt8] {
    /// `nil` unless the text consists of pairs of digits, of either case.
    package init?(hexDigits text: String) {
        let digits = text.utf8.compactMap(\.hexDigitValue)
        guard digits.count == text.utf8.count, digits.count.isMultiple(of: 2) else { return nil }
        self = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
