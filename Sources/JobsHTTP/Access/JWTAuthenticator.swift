import Foundation
import JSON
import JWTKit
public import Jobs
import JobsAPI
import NIOCore

/// Authenticates callers by tokens that an issuer has signed (RFC 7519).
///
/// The signature is verified before anything else in a token is read, except the name of its key. A
/// token is verified only with keys of the algorithm that it names, and each key has one algorithm.
/// So a token with the algorithm `none` is refused, and so is one signed with a public key as the
/// secret.
public struct JWTAuthenticator: Authenticator {
    /// The requirements for tokens.
    public struct Rules: Sendable, Equatable {
        /// The required issuer; `nil` for any.
        public var issuer: String?
        /// The accepted audiences, one of which a token must have; empty for any.
        public var audiences: [String] = []
        /// The tolerated difference between the clocks of issuer and service, in milliseconds.
        public var leeway: Int64 = 30_000

        public init() {}
    }

    private let keys: [JWTKey]
    private let rules: Rules
    private let verified = VerifiedTokens()

    public init(keys: [JWTKey], rules: Rules = Rules()) {
        self.keys = keys
        self.rules = rules
    }

    public func authenticate(_ credential: String, at now: Timestamp) -> Authentication {
        guard let claims = verified[credential] ?? verify(credential) else { return .refused }
        return judge(claims, at: now)
    }

    /// - Returns: The claims of the token; `nil` if it is malformed or not signed with one of the
    ///   keys.
    private func verify(_ token: String) -> JWTClaims? {
        let parts = token.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3,
            let header = Data(base64URL: parts[0]).flatMap({
                $0.hasUniqueMembers ? try? JSONDecoder().decode(Header.self, from: $0) : nil
            }),
            header.isOfAccessToken,
            // Critical extensions change the rules (RFC 7515, section 4.1.11); none are supported.
            !header.hasCriticalExtensions,
            let signature = Data(base64URL: parts[2])
        else { return nil }
        let signed = Data(token.utf8[..<parts[1].endIndex])
        let isGenuine = keys.contains { key in
            key.algorithm.name == header.alg
                && (key.id == nil || header.kid == nil || key.id == header.kid)
                && (try? key.algorithm.verify(signature, signs: signed)) == true
        }
        guard isGenuine, let payload = Data(base64URL: parts[1]), payload.hasUniqueMembers,
            let claims = try? JSONDecoder().decode(JWTClaims.self, from: payload)
        else { return nil }
        verified[token] = claims
        return claims
    }

    func judge(_ claims: JWTClaims, at now: Timestamp) -> Authentication {
        let now = Double(now.milliseconds)
        let leeway = Double(rules.leeway)
        if let issuer = rules.issuer, claims.issuer != issuer { return .refused }
        if !rules.audiences.isEmpty, Set(rules.audiences).isDisjoint(with: claims.audiences) {
            return .refused
        }
        if let notBefore = claims.notBefore, now + leeway < notBefore * 1000 { return .refused }
        guard now - leeway < claims.expiration * 1000 else { return .expired }
        return .known(
            Principal(
                name: claims.subject ?? "token without sub", scopes: claims.scopes,
                types: claims.types))
    }

    private struct Header: Decodable {
        let alg: String
        let kid: String?
        let hasCriticalExtensions: Bool
        private let type: String?

        /// Whether the token has no type or that of access tokens (RFC 9068). Other tokens of the
        /// issuer, such as logout tokens, are refused.
        var isOfAccessToken: Bool {
            guard var type = type?.lowercased() else { return true }
            if type.hasPrefix("application/") { type.removeFirst("application/".count) }
            return type == "jwt" || type == "at+jwt"
        }

        private enum Name: String, CodingKey {
            case alg, kid, crit
            case type = "typ"
        }

        init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: Name.self)
            alg = try members.decode(String.self, forKey: .alg)
            kid = try members.decodeIfPresent(String.self, forKey: .kid)
            hasCriticalExtensions = members.contains(.crit)
            type = try members.decodeIfPresent(String.self, forKey: .type)
        }
    }
}

extension Data {
    /// Whether this is a JSON object without repeated names, since readers differ in which of two
    /// members they use (RFC 7519, section 4).
    fileprivate var hasUniqueMembers: Bool {
        guard let outline = try? JSONOutline(ByteBuffer(bytes: self), recordedDepth: 1),
            outline.root.kind == .object
        else { return false }
        let names = outline.root.members.map(\.name)
        return Set(names).count == names.count
    }

    /// Decodes base64url, the encoding of tokens; `nil` for invalid text.
    fileprivate init?(base64URL text: Substring.UTF8View) {
        // The two letters of plain base64 have no place in a token (RFC 7515, section 2).
        guard !text.contains(where: { "+/".utf8.contains($0) }) else { return nil }
        var bytes = text.map { byte in
            switch byte {
            case UInt8(ascii: "-"): UInt8(ascii: "+")
            case UInt8(ascii: "_"): UInt8(ascii: "/")
            default: byte
            }
        }
        while bytes.count % 4 != 0 { bytes.append(UInt8(ascii: "=")) }
        self.init(base64Encoded: Data(bytes))
    }
}
