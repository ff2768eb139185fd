import Crypto
import JSON

/// A key that a caller shows, of which only the hash is kept.
public struct APIKey: Sendable, Equatable {
    /// The SHA-256 of the key, 32 bytes.
    public let hash: [UInt8]
    public let principal: Principal

    /// - Parameter hash: 64 hexadecimal digits; nil comes of anything else.
    public init?(hash: String, principal: Principal) {
        guard let bytes = [UInt8](hexDigits: hash), bytes.count == SHA256.byteCount else {
            return nil
        }
        self.hash = bytes
        self.principal = principal
    }

    /// A new key, of 256 random bits.
    public static func generate() -> String {
        var source = SystemRandomNumberGenerator()
        let words = (0..<4).map { _ in source.next() as UInt64 }
        return "jobs_" + words.map(\.bigEndianBytes.hexDigits).joined()
    }

    /// What is kept of a key. The keys are random, so a plain hash gives nothing away.
    public static func hash(of key: String) -> String {
        digest(of: key).hexDigits
    }

    static func digest(of key: String) -> [UInt8] {
        Array(SHA256.hash(data: Array(key.utf8)))
    }
}

extension UInt64 {
    fileprivate var bigEndianBytes: [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: self >> (56 - 8 * UInt64($0))) }
    }
}
