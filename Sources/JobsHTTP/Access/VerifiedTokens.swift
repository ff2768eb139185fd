import Crypto
import JobsAPI
import Synchronization

/// A cache of the claims of verified tokens, so that each token is verified once and not on each
/// request.
final class VerifiedTokens: Sendable {
    /// The number of cached tokens. A caller uses one token for minutes or longer.
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
                // This is rare, and costs only the verification of each token once more.
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
