import Crypto
import Synchronization

/// What the tokens say that have been found genuine, so that the work of that is done once for each
/// and not for each request.
final class VerifiedTokens: Sendable {
    /// Callers keep a token for minutes and more; so many callers at a time have theirs remembered.
    static let limit = 1000

    private let claims = Mutex<[SHA256Digest: JWTClaims]>([:])

    subscript(token: String) -> JWTClaims? {
        get {
            let digest = Self.digest(of: token)
            return claims.withLock { $0[digest] }
        }
        set {
            let digest = Self.digest(of: token)
            claims.withLock { claims in
                // Rare, and all that it costs is to look at each token again.
                if claims.count >= Self.limit { claims.removeAll() }
                claims[digest] = newValue
            }
        }
    }

    var count: Int { claims.withLock { $0.count } }

    private static func digest(of token: String) -> SHA256Digest {
        SHA256.hash(data: Array(token.utf8))
    }
}
