import Crypto
import JSON
public import JobsAPI

/// An API key of a caller. Only the hash of the key is stored.
public struct APIKey: Sendable, Equatable {
    /// The SHA-256 of the key, 32 bytes.
    public let hash: [UInt8]
    public let principal: Principal

    /// - Parameter hash: The hash in 64 hexadecimal digits; the result is `nil` for any other text.
    public init?(hash: String, principal: Principal) {
        guard let bytes = [UInt8](hexDigits: hash), bytes.count == SHA256.byteCount else {
            return nil
        }
        self.hash = bytes
        self.principal = principal
    }

    /// Generates a key of 256 random bits.
    public static func generate() -> String {
        var source = SystemRandomNumberGenerator()
        let words = (0..<4).map { _ in source.next() as UInt64 }
        return "jobs_" + words.map(\.bigEndianBytes.hexDigits).joined()
    }

    /// The hash of a key, which is stored in place of the key. A hash without salt is enough, since
    /// the keys are random.
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
