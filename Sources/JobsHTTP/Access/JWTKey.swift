import JWTKit

/// A key that verifies tokens, for one algorithm only, regardless of the algorithm in the token.
public struct JWTKey: Sendable {
    /// The id (`kid`) of the key; `nil` verifies tokens with any id or none.
    let id: String?
    let algorithm: any JWTAlgorithm

    /// The reason why a key cannot be used, worded for errors of the configuration.
    public struct Unusable: Error, CustomStringConvertible {
        public let description: String
    }

    /// The minimum number of bytes for HS256 (RFC 7518, section 3.2).
    private static let shortestSecret = 32
    /// The minimum number of distinct bytes. Random secrets have more, even in hexadecimal digits.
    private static let fewestDifferentBytes = 8

    /// A shared secret for HS256.
    /// - Throws: ``Unusable`` if it is too short or consists of a few repeated characters.
    public static func secret(_ secret: String) async throws -> JWTKey {
        guard secret.utf8.count >= shortestSecret else {
            throw Unusable(description: "must have at least \(shortestSecret) bytes")
        }
        guard Set(secret.utf8).count >= fewestDifferentBytes else {
            throw Unusable(description: "repeats a few characters, so that it can be guessed")
        }
        let keys = await JWTKeyCollection().add(
            hmac: HMACKey(from: secret), digestAlgorithm: .sha256)
        return JWTKey(id: nil, algorithm: try await keys.getKey())
    }

    /// A public key or a certificate in PEM: RSA of 2048 bits or more for RS256, P-256 for ES256.
    /// - Throws: ``Unusable`` if it is neither.
    public static func pem(_ text: String) async throws -> JWTKey {
        let isCertificate = text.contains("-----BEGIN CERTIFICATE-----")
        guard
            isCertificate || text.contains("-----BEGIN PUBLIC KEY-----")
                || text.contains("-----BEGIN RSA PUBLIC KEY-----")
        else { throw Unusable(description: "holds no public key in PEM") }
        let keys = JWTKeyCollection()
        if let key = try? isCertificate
            ? ES256PublicKey(certificate: text) : ES256PublicKey(pem: text)
        {
            await keys.add(ecdsa: key)
        } else if let key = try? isCertificate
            ? Insecure.RSA.PublicKey(certificatePEM: text) : Insecure.RSA.PublicKey(pem: text)
        {
            await keys.add(rsa: key, digestAlgorithm: .sha256)
        } else {
            throw Unusable(
                description: "holds no RSA key of 2048 bits or more, and no key on the curve P-256")
        }
        return JWTKey(id: nil, algorithm: try await keys.getKey())
    }
}
