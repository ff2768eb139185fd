extension JSONScanner {
    /// Skips a number: `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
    mutating func skipNumber(_ bytes: Span<UInt8>) throws(JSONError) {
        if bytes[position] == .minus { advance() }
        guard position < bytes.count else { throw JSONError(.unexpectedEnd, at: position) }
        if bytes[position] == .zero {
            advance()
            if isDigit(bytes) { throw JSONError(.invalidNumber, at: position) }
        } else {
            try skipDigits(bytes)
        }
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            advance()
            try skipDigits(bytes)
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            advance()
            if position < bytes.count,
                bytes[position] == UInt8(ascii: "+") || bytes[position] == .minus
            {
                advance()
            }
            try skipDigits(bytes)
        }
    }

    private func isDigit(_ bytes: Span<UInt8>) -> Bool {
        position < bytes.count && bytes[position] >= .zero && bytes[position] <= .nine
    }

    /// Skips at least one digit.
    private mutating func skipDigits(_ bytes: Span<UInt8>) throws(JSONError) {
        guard isDigit(bytes) else {
            throw JSONError(position < bytes.count ? .invalidNumber : .unexpectedEnd, at: position)
        }
        while isDigit(bytes) { advance() }
    }
}
