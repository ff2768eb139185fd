/// Scans a JSON text and checks everything it passes: grammar, UTF-8, escapes, numbers, depth.
///
/// It holds a position but no bytes, so that it can scan borrowed memory; every method takes the
/// same bytes. All reads are bounds-checked. One pass, no allocation up to 64 levels.
struct JSONScanner {
    private(set) var position = 0
    let maximumDepth: Int

    init(maximumDepth: Int) {
        self.maximumDepth = maximumDepth
    }

    /// The next byte that is not white space; moves the position to it.
    @inline(__always)
    mutating func peek(_ bytes: Span<UInt8>) throws(JSONError) -> UInt8 {
        // Most texts contain no white space; only the others pay for a call.
        if position < bytes.count, bytes[position] > .space { return bytes[position] }
        return try peekBehindWhiteSpace(bytes)
    }

    private mutating func peekBehindWhiteSpace(
        _ bytes: Span<UInt8>
    ) throws(JSONError) -> UInt8 {
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case .space, .lineFeed, .carriageReturn, .tab: position += 1
            default: return byte
            }
        }
        throw JSONError(.unexpectedEnd, at: position)
    }

    /// Skips white space and then `byte`, which has to follow.
    mutating func expect(_ byte: UInt8, _ bytes: Span<UInt8>) throws(JSONError) {
        guard try peek(bytes) == byte else { throw JSONError(.unexpectedByte, at: position) }
        position += 1
    }

    /// Skips the white space after the value; nothing else may follow.
    mutating func expectEnd(_ bytes: Span<UInt8>) throws(JSONError) {
        while position < bytes.count {
            switch bytes[position] {
            case .space, .lineFeed, .carriageReturn, .tab: position += 1
            default: throw JSONError(.trailingBytes, at: position)
            }
        }
    }

    /// Skips one value of any kind that is inside of `depth` containers.
    mutating func skipValue(_ bytes: Span<UInt8>, depth: Int) throws(JSONError) {
        var nesting = Nesting()
        while true {
            switch try peek(bytes) {
            case .openBrace:
                try enter(isObject: true, &nesting, depth: depth)
                if try peek(bytes) != .closeBrace {
                    try skipKey(bytes)
                    continue
                }
                position += 1
                nesting.pop()
            case .openBracket:
                try enter(isObject: false, &nesting, depth: depth)
                if try peek(bytes) != .closeBracket { continue }
                position += 1
                nesting.pop()
            case let byte:
                try skipScalar(bytes, startingWith: byte)
            }
            if try leave(bytes, &nesting) { return }
        }
    }

    /// Skips a scalar that starts with `byte` at the position.
    mutating func skipScalar(
        _ bytes: Span<UInt8>, startingWith byte: UInt8
    ) throws(JSONError) {
        switch byte {
        case .quote: _ = try skipString(bytes)
        case .minus, .zero ... .nine: try skipNumber(bytes)
        case UInt8(ascii: "t"): try skipLiteral("true", bytes)
        case UInt8(ascii: "f"): try skipLiteral("false", bytes)
        case UInt8(ascii: "n"): try skipLiteral("null", bytes)
        default: throw JSONError(.unexpectedByte, at: position)
        }
    }

    /// Moves the position by `count` bytes, which the caller has checked.
    mutating func advance(by count: Int = 1) {
        position += count
    }

    private mutating func skipKey(_ bytes: Span<UInt8>) throws(JSONError) {
        guard try peek(bytes) == .quote else { throw JSONError(.unexpectedByte, at: position) }
        _ = try skipString(bytes)
        try expect(.colon, bytes)
    }

    private mutating func enter(
        isObject: Bool, _ nesting: inout Nesting, depth: Int
    ) throws(JSONError) {
        guard depth + nesting.depth < maximumDepth else { throw JSONError(.tooDeep, at: position) }
        nesting.push(isObject: isObject)
        position += 1
    }

    /// Skips what follows a value: a comma and the next key, or closing brackets.
    /// - Returns: whether the outermost value has ended.
    private mutating func leave(
        _ bytes: Span<UInt8>, _ nesting: inout Nesting
    ) throws(JSONError) -> Bool {
        while nesting.depth > 0 {
            let isObject = nesting.isInObject
            switch try peek(bytes) {
            case .comma:
                position += 1
                if isObject { try skipKey(bytes) }
                return false
            case .closeBrace where isObject, .closeBracket where !isObject:
                position += 1
                nesting.pop()
            default:
                throw JSONError(.unexpectedByte, at: position)
            }
        }
        return true
    }

    private mutating func skipLiteral(
        _ literal: StaticString, _ bytes: Span<UInt8>
    ) throws(JSONError) {
        for index in 0..<literal.utf8CodeUnitCount {
            guard position < bytes.count else { throw JSONError(.unexpectedEnd, at: position) }
            guard bytes[position] == literal.utf8Start[index] else {
                throw JSONError(.unexpectedByte, at: position)
            }
            position += 1
        }
    }
}

/// The containers around a position, one bit each, so that depth costs almost nothing.
private struct Nesting {
    private(set) var depth = 0
    private var bits: UInt64 = 0
    private var outerBits: [UInt64] = []

    var isInObject: Bool { bits & 1 == 1 }

    mutating func push(isObject: Bool) {
        if depth > 0, depth % UInt64.bitWidth == 0 { outerBits.append(bits) }
        bits = bits << 1 | (isObject ? 1 : 0)
        depth += 1
    }

    mutating func pop() {
        depth -= 1
        bits >>= 1
        if depth > 0, depth % UInt64.bitWidth == 0, let outer = outerBits.popLast() { bits = outer }
    }
}

extension UInt8 {
    static let space = UInt8(ascii: " ")
    static let tab = UInt8(ascii: "\t")
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let quote = UInt8(ascii: "\"")
    static let backslash = UInt8(ascii: "\\")
    static let comma = UInt8(ascii: ",")
    static let colon = UInt8(ascii: ":")
    static let minus = UInt8(ascii: "-")
    static let zero = UInt8(ascii: "0")
    static let nine = UInt8(ascii: "9")
    static let openBrace = UInt8(ascii: "{")
    static let closeBrace = UInt8(ascii: "}")
    static let openBracket = UInt8(ascii: "[")
    static let closeBracket = UInt8(ascii: "]")
}
