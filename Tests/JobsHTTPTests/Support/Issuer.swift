import JWTKit

/// Signs tokens for tests.
struct Issuer: Sendable {
    let keys: JWTKeyCollection

    /// An issuer that signs with a shared secret.
    static func sharing(_ secret: String) async -> Issuer {
        Issuer(
            keys: await JWTKeyCollection().add(
                hmac: HMACKey(from: secret), digestAlgorithm: .sha256))
    }

    static func signing(_ key: ES256PrivateKey) async -> Issuer {
        Issuer(keys: await JWTKeyCollection().add(ecdsa: key))
    }

    static func signing(_ key: Insecure.RSA.PrivateKey) async -> Issuer {
        Issuer(keys: await JWTKeyCollection().add(rsa: key, digestAlgorithm: .sha256))
    }

    /// A token with the scope to read and a late expiration.
    /// - Parameter claims: Claims to add, or to remove with null.
    func token(_ claims: [String: JWTHeaderField] = [:], header: JWTHeader = JWTHeader())
        async throws
        -> String
    {
        let always: [String: JWTHeaderField] = [
            "exp": .int(4_000_000_000), "sub": .string("ann"), "scope": .string("jobs:read"),
        ]
        let all = always.merging(claims) { $1 }.filter { $0.value != .null }
        return try await keys.sign(Claims(fields: all), header: header)
    }

    private struct Claims: JWTPayload {
        var fields: [String: JWTHeaderField]

        init(fields: [String: JWTHeaderField]) {
            self.fields = fields
        }

        init(from decoder: any Decoder) throws {
            fields = try [String: JWTHeaderField](from: decoder)
        }

        func encode(to encoder: any Encoder) throws { try fields.encode(to: encoder) }
        func verify(using _: some JWTAlgorithm) {}
    }
}
