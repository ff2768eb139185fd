public import Jobs

/// Authenticates callers by their API keys.
public struct APIKeyAuthenticator: Authenticator {
    private let keys: [APIKey]

    public init(_ keys: [APIKey]) {
        self.keys = keys
    }

    /// Takes constant time: it compares all bytes of all keys.
    public func authenticate(_ credential: String, at _: Timestamp) -> Authentication {
        let digest = APIKey.digest(of: credential)
        var found: APIKey?
        for key in keys where Self.isEqual(key.hash, digest) { found = key }
        return found.map { .known($0.principal) } ?? .refused
    }

    /// Compares two hashes in constant time. Even with a timing difference an attacker would learn
    /// only about a hash, not about a key.
    static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for index in left.indices { difference |= left[index] ^ right[index] }
        return difference == 0
    }
}
