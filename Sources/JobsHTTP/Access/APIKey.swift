import Crypto
import JSON

/// A key that a caller shows, of which only the hash is kept.
public struct APIKey: Sendable, Equatable {
    /// The SHA-256 of the key, 32 bytes.
    public let hash: [UInt8]
    public let principal: Principal

    /// - Parameter hash: 64 hexadecimal digits; nil comes of anything else.
    public init?(hash: String, principal: Principal) {
        guard let bytes = [UInt8](hexadecimal: hash), bytes.count == SHA256.byteCount else {
            return nil
        }
        self.hash = bytes
        self.principal = principal
    }

    /// A new key, of 256 random bits.
    public static func generate() -> String {
        var source = SystemRandomNumberGenerator()
        let words = (0..<4).map { _ in source.next() as UInt64 }
        return "jobs_" + words.map { hexadecimal($0.bigEndianBytes) }.joined()
    }

    /// What is kept of a key. The keys are random, so a plain hash gives nothing away.
    public static func hash(of key: String) -> String {
        hexadecimal(digest(of: key))
    }

    static func digest(of key: String) -> [UInt8] {
        Array(SHA256.hash(data: Array(key.utf8)))
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        String(
            decoding: bytes.flatMap { [UInt8.lowerHexDigit($0 >> 4), .lowerHexDigit($0 & 0xF)] },
            as: UTF8.self)
    }
}

extension UInt64 {
    fileprivate var bigEndianBytes: [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: self >> (56 - 8 * UInt64($0))) }
    }
}

extension [UInt8] {
    fileprivate init?(hexadecimal text: String) {
        let digits = text.utf8.map { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index], let low = digits[index + 1] else { return nil }
            bytes.append(UInt8(high << 4 | low))
        }
        self = bytes
    }
}
