public import Jobs

/// Knows callers by their keys.
public struct APIKeyAuthenticator: Authenticator {
    private let keys: [APIKey]

    public init(_ keys: [APIKey]) {
        self.keys = keys
    }

    /// Takes as long for one key as for the other: all of them are compared, and all of each.
    public func authenticate(_ credential: String, at _: Timestamp) -> Authentication {
        let digest = APIKey.digest(of: credential)
        var found: APIKey?
        for key in keys where Self.isEqual(key.hash, digest) { found = key }
        return found.map { .known($0.principal) } ?? .refused
    }

    /// Both are hashes, so what the time could tell would be of a hash at most; and it tells nothing.
    static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for index in left.indices { difference |= left[index] ^ right[index] }
        return difference == 0
    }
}
