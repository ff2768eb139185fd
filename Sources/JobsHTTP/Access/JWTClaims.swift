import JobsAPI

/// The claims of a token that this service uses.
struct JWTClaims: Decodable {
    /// The expiration in seconds since 1970, like all times in tokens.
    let expiration: Double
    let notBefore: Double?
    let issuer: String?
    let audiences: [String]
    let subject: String?
    /// The scopes of this service; the token may have scopes for others too.
    let scopes: Set<AccessScope>
    let types: Set<String>?

    private enum Name: String, CodingKey {
        case exp, nbf, iss, aud, sub, scope, scopes, scp
        case types = "job_types"
    }

    init(from decoder: any Decoder) throws {
        let claims = try decoder.container(keyedBy: Name.self)
        expiration = try claims.decode(Double.self, forKey: .exp)
        notBefore = try claims.decodeIfPresent(Double.self, forKey: .nbf)
        issuer = try claims.decodeIfPresent(String.self, forKey: .iss)
        subject = try claims.decodeIfPresent(String.self, forKey: .sub)
        audiences = try claims.decodeIfPresent(OneOrMore.self, forKey: .aud)?.texts ?? []
        let names = try [Name.scope, .scopes, .scp].flatMap { name in
            // One text may hold several scopes separated by blanks, which no scope contains.
            try claims.decodeIfPresent(OneOrMore.self, forKey: name)?.texts ?? []
        }
        scopes = Set(
            names.flatMap { $0.split(separator: " ") }.compactMap {
                AccessScope(rawValue: String($0))
            })
        // A null is an error of the issuer and must not remove the limit.
        types =
            claims.contains(.types)
            ? Set(try claims.decode([String].self, forKey: .types)) : nil
    }

    private struct OneOrMore: Decodable {
        let texts: [String]

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            texts = try (try? value.decode(String.self)).map { [$0] } ?? value.decode([String].self)
        }
    }
}
