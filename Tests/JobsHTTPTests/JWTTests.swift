import Foundation
import JWTKit
import Jobs
import JobsAPI
import Testing

@testable import JobsHTTP

@Suite("Tokens")
struct JWTTests {
    let secret = "0123456789abcdef0123456789abcdef"
    /// In 2033, before the tokens of ``Issuer`` end.
    let now = Timestamp(milliseconds: 2_000_000_000_000)
    let ann = Principal(name: "ann", scopes: [.read])

    func authenticator(_ change: (inout JWTAuthenticator.Rules) -> Void = { _ in })
        async throws -> JWTAuthenticator
    {
        var rules = JWTAuthenticator.Rules()
        change(&rules)
        return JWTAuthenticator(keys: [try await .secret(secret)], rules: rules)
    }

    func token(_ claims: [String: JWTHeaderField] = [:], header: JWTHeader = JWTHeader())
        async throws -> String
    {
        try await Issuer.sharing(secret).token(claims, header: header)
    }

    func base64(_ text: String) -> String {
        Data(text.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }

    @Test(
        "a token has the type of access tokens, or none",
        arguments: [
            ("", true), (#","typ":"JWT""#, true), (#","typ":"at+jwt""#, true),
            (#","typ":"application/AT+JWT""#, true), (#","typ":null"#, true),
            (#","typ":"logout+jwt""#, false), (#","typ":"dpop+jwt""#, false),
            (#","typ":"""#, false),
            (#","typ":1"#, false),
        ])
    func tokenTypes(member: String, isGood: Bool) async throws {
        let payload = #"{"exp":4000000000,"sub":"ann","scope":"jobs:read"}"#

        let verdict = try await authenticator().authenticate(
            sign(header: #"{"alg":"HS256"\#(member)}"#, payload: payload), at: now)

        #expect(verdict == (isGood ? .known(ann) : .refused))
    }

    @Test("a token with a repeated member is refused")
    func duplicates() async throws {
        let header = #"{"alg":"HS256"}"#
        let payload = #"{"exp":4000000000,"sub":"ann","scope":"jobs:read"}"#
        let twice = payload.replacing("}", with: #","sc\u006fpe":"jobs:admin"}"#)
        let authenticator = try await authenticator()

        for (header, payload) in [
            (header, twice), (#"{"alg":"HS256","alg":"HS256"}"#, payload),
        ] {
            let token = try await sign(header: header, payload: payload)
            #expect(authenticator.authenticate(token, at: now) == .refused)
        }
    }

    @Test("a token of the issuer is accepted, repeatedly")
    func good() async throws {
        let authenticator = try await authenticator()
        let token = try await token()

        for _ in 1...2 { #expect(authenticator.authenticate(token, at: now) == .known(ann)) }
    }

    @Test("scopes are read from all usual claims, and scopes of other services are ignored")
    func scopes() async throws {
        for claims: [String: JWTHeaderField] in [
            ["scope": .string("openid jobs:work  jobs:produce")],
            ["scope": .null, "scopes": .array([.string("jobs:work"), .string("jobs:produce")])],
            ["scope": .null, "scp": .array([.string("jobs:produce jobs:work"), .string("x")])],
            ["scope": .string("jobs:work"), "scp": .string("jobs:produce")],
        ] {
            let verdict = try await authenticator().authenticate(token(claims), at: now)
            #expect(verdict == .known(Principal(name: "ann", scopes: [.work, .produce])))
        }
        let none = try await authenticator().authenticate(token(["scope": .null]), at: now)
        #expect(none == .known(Principal(name: "ann", scopes: [])))
    }

    @Test("the types of jobs are those in the token, and an empty list allows none")
    func types() async throws {
        for (types, expected) in [(["a", "b"], ["a", "b"]), ([], [])] as [([String], Set<String>)] {
            let claim = JWTHeaderField.array(types.map { .string($0) })
            let verdict = try await authenticator().authenticate(
                token(["job_types": claim]), at: now)
            #expect(verdict == .known(Principal(name: "ann", scopes: [.read], types: expected)))
        }
    }

    @Test(
        "a token is refused if its types are not a list of texts",
        arguments: [#""a""#, "null", "{}", "[1]"])
    func wrongTypes(json: String) async throws {
        let payload = #"{"exp":4000000000,"scope":"jobs:read","job_types":\#(json)}"#

        let verdict = try await authenticator().authenticate(sign(payload: payload), at: now)

        #expect(verdict == .refused)
    }

    /// A token with a valid signature over any text.
    func sign(header: String = #"{"alg":"HS256"}"#, payload: String) async throws -> String {
        let signed = base64(header) + "." + base64(payload)
        let key = try await JWTKeyCollection().add(
            hmac: HMACKey(from: secret), digestAlgorithm: .sha256
        ).getKey()
        let signature = try key.sign(Data(signed.utf8))
        return signed + "." + base64(Data(signature))
    }

    func base64(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }

    @Test("a token is valid between its two times, extended by the leeway")
    func times() async throws {
        let seconds = Int(now.milliseconds / 1000)
        for (claims, verdict): ([String: JWTHeaderField], Authentication) in [
            (["exp": .int(seconds + 1)], .known(ann)), (["exp": .int(seconds - 9)], .known(ann)),
            (["exp": .int(seconds - 10)], .expired), (["exp": .int(0)], .expired),
            (["exp": .decimal(Double(seconds) - 9.5)], .known(ann)),
            (["nbf": .int(seconds + 10)], .known(ann)), (["nbf": .int(seconds + 11)], .refused),
        ] {
            let authenticator = try await authenticator { $0.leeway = 10_000 }
            let token = try await token(claims)

            #expect(authenticator.authenticate(token, at: now) == verdict, "\(claims)")
        }
    }

    @Test("a token that was accepted before still expires")
    func endAfterUse() async throws {
        let authenticator = try await authenticator { $0.leeway = 0 }
        let seconds = Int(now.milliseconds / 1000)
        let token = try await token(["exp": .int(seconds + 1)])
        #expect(authenticator.authenticate(token, at: now) == .known(ann))

        let later = Timestamp(milliseconds: now.milliseconds + 1000)

        #expect(authenticator.authenticate(token, at: later) == .expired)
    }

    @Test("issuer and audience must be the configured ones")
    func issuers() async throws {
        for (claims, isGood): ([String: JWTHeaderField], Bool) in [
            (["iss": .string("i"), "aud": .string("jobs")], true),
            (["iss": .string("i"), "aud": .array([.string("x"), .string("jobs")])], true),
            (["iss": .string("other"), "aud": .string("jobs")], false),
            (["aud": .string("jobs")], false), (["iss": .string("i")], false),
            (["iss": .string("i"), "aud": .string("other")], false),
            (["iss": .string("i"), "aud": .array([])], false),
        ] {
            let authenticator = try await authenticator {
                $0.issuer = "i"
                $0.audiences = ["jobs", "others"]
            }
            let verdict = try await authenticator.authenticate(token(claims), at: now)
            #expect(verdict == (isGood ? .known(ann) : .refused), "\(claims)")
        }
    }

    @Test("a token without an expiration is refused")
    func endless() async throws {
        let verdict = try await authenticator().authenticate(token(["exp": .null]), at: now)
        #expect(verdict == .refused)
    }

    @Test("a token of another key is refused, and so is a changed token")
    func forged() async throws {
        let authenticator = try await authenticator()
        let other = try await Issuer.sharing(String(secret.reversed())).token()
        #expect(authenticator.authenticate(other, at: now) == .refused)

        let parts = try await token().split(separator: ".").map(String.init)
        let payload = base64(#"{"exp":4000000000,"scope":"jobs:admin"}"#)
        #expect(
            authenticator.authenticate(
                [parts[0], payload, parts[2]].joined(separator: "."), at: now)
                == .refused)
        let cut = String(parts[2].dropLast(4))
        #expect(
            authenticator.authenticate([parts[0], parts[1], cut].joined(separator: "."), at: now)
                == .refused)
    }

    @Test("an unsigned token is refused, whichever algorithm it names")
    func unsigned() async throws {
        let payload = base64(#"{"exp":4000000000,"scope":"jobs:admin"}"#)
        let signature = try await token().split(separator: ".")[2]
        for alg in ["none", "None", "NONE", "", "HS384", "RS256"] {
            let header = base64(#"{"alg":"\#(alg)"}"#)
            for end in ["", "AA", String(signature)] {
                let verdict = try await authenticator().authenticate(
                    "\(header).\(payload).\(end)", at: now)
                #expect(verdict == .refused, "\(alg) \(end)")
            }
        }
    }

    @Test("a token signed with the public key as the secret is refused")
    func confusion() async throws {
        let pem = try openssl("rsa", "-pubout", input: openssl("genrsa", "2048"))
        let authenticator = JWTAuthenticator(keys: [try await .pem(pem)])
        for secret in [pem, pem.trimmingCharacters(in: .newlines)] {
            let token = try await Issuer.sharing(secret).token()
            #expect(authenticator.authenticate(token, at: now) == .refused)
        }
    }

    @Test(
        "a malformed token is refused and is harmless",
        arguments: [
            "", ".", "..", "...", "a.b.c", "a", "é.é.é", "eyJhbGciOiJIUzI1NiJ9..",
            "eyJhbGciOiJIUzI1NiJ9.e30.", String(repeating: ".", count: 60_000),
            String(repeating: "A", count: 60_000) + ".e30.AA",
        ])
    func nonsense(text: String) async throws {
        #expect(try await authenticator().authenticate(text, at: now) == .refused)
    }

    @Test(
        "headers that break other readers are harmless",
        arguments: [
            #"{"alg":"HS256","x":1e300}"#, #"{"alg":"HS256","crit":["x"]}"#,
            #"{"alg":["HS256"]}"#, #"{"alg":null}"#, "[]", "null", "1e999",
            String(repeating: "[", count: 30_000), #"{"alg":"HS256","crit":null}"#,
        ])
    func headers(header: String) async throws {
        let payload = #"{"exp":4000000000,"sub":"ann","scope":"jobs:read"}"#
        let verdict = try await authenticator().authenticate(
            sign(header: header, payload: payload), at: now)

        #expect(verdict == (header.contains("1e300") ? .known(ann) : .refused))
    }

    @Test(
        "signed claims with invalid values are refused and are harmless",
        arguments: [
            "[]", "{}", #"{"exp":"4000000000"}"#, #"{"exp":1e999}"#,
            #"{"exp":4000000000,"aud":{}}"#,
            #"{"exp":4000000000,"sub":7}"#, #"{"exp":4000000000,"scope":{}}"#, "\u{FF}",
        ])
    func claims(payload: String) async throws {
        let verdict = try await authenticator().authenticate(sign(payload: payload), at: now)
        #expect(verdict == .refused)
    }

    @Test("a token that left the cache is verified again, and the cache is bounded")
    func memory() async throws {
        let tokens = VerifiedTokens()
        let data = Data(#"{"exp":1}"#.utf8)
        let claims = try JSONDecoder().decode(JWTClaims.self, from: data)

        for number in 0...VerifiedTokens.limit { tokens["\(number)"] = claims }

        #expect(tokens.count <= VerifiedTokens.limit)
        #expect(tokens["\(VerifiedTokens.limit)"] != nil)
        #expect(tokens["0"] == nil)
    }

    @Test("the HTTP error reveals that a token has expired, and nothing else")
    func overHTTP() async throws {
        let service = TestService(access: Access([try await authenticator()]))

        let good = try await service.post("get_jobs", headers: bearer(token()))
        let expired = try await service.post(
            "get_jobs", headers: bearer(token(["exp": .int(1)])))
        let forged = try await service.post("get_jobs", headers: bearer(token() + "A"))

        #expect(good.status == 200)
        #expect(expired.isError(401, "Unauthorized", "INVALID_TOKEN"))
        #expect(expired.string("message") == "The token has expired")
        #expect(forged.isError(401, "Unauthorized", "INVALID_TOKEN"))
        #expect(forged.string("message") == "The key or token is not valid")
    }
}
