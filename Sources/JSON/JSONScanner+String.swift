extension JSONScanner {
    /// Skips a string; the position is on its opening quote.
    /// - Returns: whether it contains escapes, so that its bytes are not its value.
    mutating func skipString(_ bytes: Span<UInt8>) throws(JSONError) -> Bool {
        advance()
        var hasEscapes = false
        while true {
            skipPlainBytes(bytes)
            guard position < bytes.count else { throw JSONError(.unexpectedEnd, at: position) }
            switch bytes[position] {
            case .quote:
                advance()
                return hasEscapes
            case .backslash:
                hasEscapes = true
                try skipEscape(bytes)
            case 0..<0x20:
                throw JSONError(.controlCharacter, at: position)
            case 0x80...:
                // In most languages more of them follow, and they need no search for the next
                // quote.
                repeat { try skipMultibyteCharacter(bytes) } while isOnMultibyteCharacter(bytes)
            default:
                advance()
            }
        }
    }

    /// Skips unescaped ASCII, eight bytes at a time.
    private mutating func skipPlainBytes(_ bytes: Span<UInt8>) {
        let raw = bytes.bytes
        while position + 8 <= raw.byteCount {
            let word = UInt64(
                littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self))
            let special =
                word.bytesEqual(to: .quote) | word.bytesEqual(to: .backslash)
                | word.bytesBelowSpace | word & UInt64.highBits
            if special == 0 {
                advance(by: 8)
            } else {
                // A borrow can only set bits above the first correct one, so the lowest bit is
                // correct.
                return advance(by: special.trailingZeroBitCount / 8)
            }
        }
    }

    private mutating func skipEscape(_ bytes: Span<UInt8>) throws(JSONError) {
        let start = position
        advance()
        guard position < bytes.count else { throw JSONError(.unexpectedEnd, at: position) }
        switch bytes[position] {
        case .quote, .backslash, UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            advance()
        case UInt8(ascii: "u"):
            advance()
            switch try skipHexDigits(bytes) {
            case 0xD800...0xDBFF:
                guard position + 1 < bytes.count, bytes[position] == .backslash,
                    bytes[position + 1] == UInt8(ascii: "u")
                else { throw JSONError(.loneSurrogate, at: start) }
                advance(by: 2)
                guard 0xDC00...0xDFFF ~= (try skipHexDigits(bytes)) else {
                    throw JSONError(.loneSurrogate, at: start)
                }
            case 0xDC00...0xDFFF:
                throw JSONError(.loneSurrogate, at: start)
            default:
                break
            }
        default:
            throw JSONError(.invalidEscape, at: start)
        }
    }

    private mutating func skipHexDigits(_ bytes: Span<UInt8>) throws(JSONError) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard position < bytes.count else { throw JSONError(.unexpectedEnd, at: position) }
            guard let digit = bytes[position].hexDigitValue else {
                throw JSONError(.invalidEscape, at: position)
            }
            value = value << 4 | UInt16(digit)
            advance()
        }
        return value
    }

    private func isOnMultibyteCharacter(_ bytes: Span<UInt8>) -> Bool {
        position < bytes.count && bytes[position] >= 0x80
    }

    /// Skips one character of two to four bytes: the table of RFC 3629, section 4.
    private mutating func skipMultibyteCharacter(_ bytes: Span<UInt8>) throws(JSONError) {
        let length: Int
        let second: ClosedRange<UInt8>
        switch bytes[position] {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: throw JSONError(.invalidUTF8, at: position)
        }
        guard position + length <= bytes.count, second.contains(bytes[position + 1]) else {
            throw JSONError(.invalidUTF8, at: position)
        }
        for offset in 2..<max(length, 2) where bytes[position + offset] & 0xC0 != 0x80 {
            throw JSONError(.invalidUTF8, at: position)
        }
        advance(by: length)
    }
}

extension UInt64 {
    static let lowBits: UInt64 = 0x0101_0101_0101_0101
    static let highBits: UInt64 = 0x8080_8080_8080_8080

    /// The high bit of each byte that equals `byte`; bits above the first such byte may be wrong.
    func bytesEqual(to byte: UInt8) -> UInt64 {
        let difference = self ^ (Self.lowBits &* UInt64(byte))
        return (difference &- Self.lowBits) & ~difference & Self.highBits
    }

    /// The high bit of each byte below 0x20; bits above the first such byte may be wrong.
    var bytesBelowSpace: UInt64 {
        (self &- (Self.lowBits &* 0x20)) & ~self & Self.highBits
    }
}
