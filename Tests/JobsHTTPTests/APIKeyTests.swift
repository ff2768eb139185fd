import Foundation
import Jobs
import JobsAPI
import Testing

@testable import JobsHTTP

@Suite("API keys")
struct APIKeyTests {
    private let principal = Principal(name: "a", scopes: [.read])

    @Test("hashes are equal if all of their bytes are")
    func comparison() {
        let hash = APIKey.digest(of: "key")

        #expect(APIKeyAuthenticator.isEqual(hash, APIKey.digest(of: "key")))
        #expect(!APIKeyAuthenticator.isEqual(hash, []))
        for index in hash.indices {
            var other = hash
            other[index] ^= 1
            #expect(!APIKeyAuthenticator.isEqual(hash, other), "byte \(index)")
        }
    }

    @Test("each of several keys has its own name")
    func several() {
        let authenticator = APIKeyAuthenticator(
            ["x", "y", "z"].map { Access.key($0, scopes: [.work]) })

        for key in ["x", "y", "z"] {
            let known = authenticator.authenticate(key, at: .now())
            #expect(known == .known(Principal(name: key, scopes: [.work])))
        }
        #expect(authenticator.authenticate("", at: .now()) == .refused)
    }

    @Test("a hash is the usual SHA-256, in digits of either case")
    func hashes() throws {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

        #expect(APIKey.hash(of: "abc") == abc)
        let upper = try #require(APIKey(hash: abc.uppercased(), principal: principal))
        #expect(upper.hash == APIKey.digest(of: "abc"))
    }

    @Test(
        "a text other than a SHA-256 is not accepted as a hash",
        arguments: ["", "ab", String(repeating: "g", count: 64), String(repeating: "0", count: 66)])
    func noHashes(text: String) {
        #expect(APIKey(hash: text, principal: principal) == nil)
    }

    @Test("new keys are long and differ")
    func generation() {
        let keys = Set((0..<100).map { _ in APIKey.generate() })

        #expect(keys.count == 100)
        #expect(keys.allSatisfy { $0.hasPrefix("jobs_") && $0.utf8.count == 5 + 64 })
    }
}
