import Foundation
import JWTKit
import Jobs
import JobsAPI
import Testing

@testable import JobsHTTP

/// The keys of issuers.
extension JWTTests {
    @Test("the kind of a PEM key decides its algorithm")
    func pem() async throws {
        let rsa = try openssl("genrsa", "2048")
        let ecdsa = ES256PrivateKey()
        let keys = [
            try await JWTKey.pem(openssl("rsa", "-pubout", input: rsa)),
            try await JWTKey.pem(ecdsa.publicKey.pemRepresentation),
        ]
        #expect(keys.map(\.algorithm.name) == ["RS256", "ES256"])
        let authenticator = JWTAuthenticator(keys: keys)
        for issuer in [
            await Issuer.signing(try Insecure.RSA.PrivateKey(pem: rsa)),
            await Issuer.signing(ecdsa),
        ] {
            let token = try await issuer.token()
            #expect(authenticator.authenticate(token, at: now) == .known(ann))
        }
        let stranger = try await Issuer.signing(ES256PrivateKey()).token()
        #expect(authenticator.authenticate(stranger, at: now) == .refused)
    }

    @Test("weak keys are refused")
    func weakKeys() async throws {
        let short = try openssl("rsa", "-pubout", input: openssl("genrsa", "1024"))
        await #expect(throws: JWTKey.Unusable.self) { try await JWTKey.pem(short) }
        await #expect(throws: JWTKey.Unusable.self) {
            try await JWTKey.secret(String(repeating: "x", count: 31))
        }
        for guessable in ["x", "ab", "password"] {
            let secret = String(repeating: guessable, count: 40)
            await #expect(throws: JWTKey.Unusable.self) { try await JWTKey.secret(secret) }
        }
        _ = try await JWTKey.secret("0123456701234567012345670123456701")
    }

    @Test("a private key is not accepted as a public one, and neither is text")
    func wrongPEM() async throws {
        let wrong = [ES256PrivateKey().pemRepresentation, try openssl("genrsa", "2048"), "", "x"]
        for text in wrong {
            await #expect(throws: JWTKey.Unusable.self) { try await JWTKey.pem(text) }
        }
    }

    @Test("a token in plain base64 is refused")
    func plainBase64() async throws {
        let authenticator = try await authenticator()
        var count = 0
        for number in 0..<40 {
            let token = try await sign(payload: #"{"exp":4000000000,"sub":"?~\#(number)"}"#)
            let plain = token.replacing("-", with: "+").replacing("_", with: "/")
            guard plain != token else { continue }
            count += 1
            #expect(authenticator.authenticate(token, at: now) != .refused)
            #expect(authenticator.authenticate(plain, at: now) == .refused)
        }
        #expect(count > 0)
    }
}
