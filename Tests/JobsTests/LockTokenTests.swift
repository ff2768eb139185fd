import Jobs
import Testing

@Suite("Lock tokens")
struct LockTokenTests {
    @Test("a token matches itself as its holder shows it")
    func shown() {
        let token = LockToken.random()

        let shown = LockToken(token.description)

        #expect(token.matches(shown))
        #expect(token.matches(token))
        #expect(shown == token)
        #expect(token.description.utf8.count == 32)
        #expect(token.description.allSatisfy { "0123456789abcdef".contains($0) })
    }

    @Test("tokens do not match each other")
    func different() {
        let tokens = (0..<100).map { _ in LockToken.random() }

        #expect(Set(tokens).count == 100)
        for (index, token) in tokens.enumerated() {
            #expect(tokens.indices.filter { token.matches(tokens[$0]) } == [index])
        }
    }

    @Test(
        "what was never handed out matches no token, not even itself",
        arguments: ["", "x", "null", "ABCDEF0123456789ABCDEF0123456789", "0123456789abcdef"])
    func foreign(text: String) {
        let foreign = LockToken(text)

        #expect(!LockToken.random().matches(foreign))
        #expect(!foreign.matches(LockToken.random()))
        #expect(!foreign.matches(foreign))
        #expect(!foreign.matches(LockToken("y")))
    }

    @Test("a token in capitals is another string, and so no token")
    func caseSensitive() {
        let token = LockToken("abcdef0123456789abcdef0123456789")

        #expect(!token.matches(LockToken("ABCDEF0123456789abcdef0123456789")))
        #expect(!token.matches(LockToken(" abcdef0123456789abcdef0123456789")))
    }

    @Test("all 128 bits are random")
    func randomness() {
        var (ones, zeros): ([UInt8], [UInt8]) = (
            Array(repeating: 0, count: 32), Array(repeating: 0, count: 32)
        )
        for _ in 0..<200 {
            for (place, digit) in LockToken.random().description.enumerated() {
                let value = UInt8(String(digit), radix: 16) ?? 0
                ones[place] |= value
                zeros[place] |= ~value & 0xF
            }
        }

        #expect(ones.allSatisfy { $0 == 0xF })
        #expect(zeros.allSatisfy { $0 == 0xF })
    }
}
