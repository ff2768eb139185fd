import Foundation
import JWTKit
import Jobs
import Testing

@testable import JobsHTTP

@Suite("JSON Web Key Sets")
struct JWKSTests {
    private let now = Timestamp(milliseconds: 2_000_000_000_000)
    private let key = ES256PrivateKey()

    /// The key as a JWK.
    /// - Parameter members: Further members, each after a comma.
    private func jwk(_ key: ES256PrivateKey, _ members: String = "") throws -> String {
        let (x, y) = try #require(key.parameters)
        let url = { (text: String) in
            text.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        }
        return #"{"kty":"EC","crv":"P-256","x":"\#(url(x))","y":"\#(url(y))"\#(members)}"#
    }

    private func keys(_ jwks: String...) async throws -> [JWTKey] {
        let set = #"{"keys":[\#(jwks.joined(separator: ","))]}"#
        return try await JWTKey.keys(jwks: [UInt8](set.utf8))
    }

    private func isKnown(_ token: String, _ keys: [JWTKey]) -> Bool {
        if case .known = JWTAuthenticator(keys: keys).authenticate(token, at: now) {
            true
        } else {
            false
        }
    }

    @Test("a token is verified with the key that it names")
    func names() async throws {
        let other = ES256PrivateKey()
        let keys = try await keys(jwk(key, #","kid":"1""#), jwk(other, #","kid":"2""#))

        for (signer, kid, isGood): (ES256PrivateKey, String?, Bool) in [
            (key, "1", true), (other, "2", true), (key, "2", false), (key, "3", false),
            (other, nil, true),
        ] {
            let header: JWTHeader = kid.map { ["kid": .string($0)] } ?? [:]
            let token = try await Issuer.signing(signer).token(header: header)
            #expect(isKnown(token, keys) == isGood, "\(kid ?? "none")")
        }
    }

    @Test("an RSA key without an algorithm verifies RS256 only")
    func rsa() async throws {
        let pem = try openssl("genrsa", "2048")
        let hex = try openssl("rsa", "-noout", "-modulus", input: pem).dropFirst("Modulus=".count)
        let digits = Array(hex.filter { !$0.isWhitespace })
        let bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(digits[$0...$0 + 1]), radix: 16)
        }
        let modulus = Data(bytes).base64EncodedString().replacing("+", with: "-")
            .replacing("/", with: "_").replacing("=", with: "")
        let keys = try await keys(#"{"kty":"RSA","e":"AQAB","n":"\#(modulus)","use":"sig"}"#)
        let signer = try Insecure.RSA.PrivateKey(pem: pem)

        let good = try await Issuer.signing(signer).token()
        let other = try await Issuer(
            keys: JWTKeyCollection().add(rsa: signer, digestAlgorithm: .sha512)
        ).token()

        #expect(!isKnown(other, keys))
        #expect(isKnown(good, keys))
    }

    @Test("keys for other purposes are skipped")
    func others() async throws {
        let keys = try await keys(
            #"{"kty":"OKP","crv":"X25519","x":"AA"}"#, #"{"kty":"new"}"#,
            jwk(ES256PrivateKey(), #","use":"enc""#), jwk(ES256PrivateKey(), #","alg":"ES512""#),
            jwk(key, #","use":"sig","alg":"ES256","kid":"1""#))

        #expect(keys.map(\.id) == ["1"])
    }

    @Test(
        "a set without a usable key is refused",
        arguments: [
            "", "[]", "{}", #"{"keys":[]}"#, #"{"keys":[{"kty":"new"}]}"#, #"{"keys":[{}]}"#,
            #"{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}"#,
            #"{"keys":[{"kty":"RSA","e":"AQAB","n":"AQAB"}]}"#,
        ])
    func unusable(text: String) async throws {
        await #expect(throws: JWTKey.Unusable.self) {
            try await JWTKey.keys(jwks: [UInt8](text.utf8))
        }
    }

    @Test("a set with a private key or a secret is refused", arguments: ["d", "k"])
    func privateKeys(member: String) async throws {
        let exposed = try jwk(key, #","\#(member)":"AAAA""#)
        await #expect(throws: JWTKey.Unusable.self) { try await keys(exposed) }
    }
}
