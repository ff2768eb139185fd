import Foundation
import JWTKit

extension JWTKey {
    /// The keys for RS256 and ES256 in a JSON Web Key Set (RFC 7517). Other keys are skipped, since
    /// an issuer has keys for other purposes too.
    /// - Throws: ``Unusable`` if there is none, or if the set contains a private key.
    public static func keys(jwks: [UInt8]) async throws -> [JWTKey] {
        let set: KeySet
        do {
            set = try JSONDecoder().decode(KeySet.self, from: Data(jwks))
        } catch {
            throw Unusable(description: "holds no JSON Web Key Set")
        }
        var keys: [JWTKey] = []
        for key in set.keys {
            guard !key.isPrivate else {
                throw Unusable(
                    description: "holds a private key, where only public ones are needed")
            }
            guard var jwk = key.jwk, let algorithm = key.algorithm else { continue }
            // An identifier to look the key up by, even if tokens do not name it.
            jwk.keyIdentifier = "key"
            jwk.algorithm = algorithm
            do {
                let collection = try await JWTKeyCollection().add(jwk: jwk)
                keys.append(
                    JWTKey(id: key.kid, algorithm: try await collection.getKey(for: "key")))
            } catch {
                throw Unusable(
                    description: "holds a key \(key.kid ?? "without kid") that cannot be used: "
                        + "RSA keys have to have 2048 bits or more, points have to be on the curve")
            }
        }
        guard !keys.isEmpty else {
            throw Unusable(description: "holds no key for RS256 or ES256")
        }
        return keys
    }
}

private struct KeySet: Decodable {
    let keys: [Key]

    struct Key: Decodable {
        let kty: String
        let use, alg, kid, crv: String?
        let isPrivate: Bool
        /// The key; `nil` if the library does not support its kind.
        let jwk: JWK?

        enum Name: String, CodingKey {
            case kty, use, alg, kid, crv, d, k
        }

        init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: Name.self)
            kty = try members.decode(String.self, forKey: .kty)
            use = try members.decodeIfPresent(String.self, forKey: .use)
            alg = try members.decodeIfPresent(String.self, forKey: .alg)
            kid = try members.decodeIfPresent(String.self, forKey: .kid)
            crv = try members.decodeIfPresent(String.self, forKey: .crv)
            isPrivate = members.contains(.d) || members.contains(.k)
            jwk = try? JWK(from: decoder)
        }

        /// The algorithm of the key, derived from its kind if the key does not name one.
        var algorithm: JWK.Algorithm? {
            guard use == nil || use == "sig" else { return nil }
            switch (kty, crv, alg) {
            case ("RSA", _, nil), ("RSA", _, "RS256"): return .rs256
            case ("EC", "P-256", nil), ("EC", "P-256", "ES256"): return .es256
            default: return nil
            }
        }
    }
}
