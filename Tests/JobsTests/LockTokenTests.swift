import Jobs
import Testing

@Suite("Lock tokens")
struct LockTokenTests {
    @Test("a token equals itself as its holder shows it")
    func shown() {
        let token = LockToken.random()

        let shown = LockToken(token.description)

        #expect(token == shown)
        #expect(token.description.utf8.count == 32)
        #expect(token.description.allSatisfy { "0123456789abcdef".contains($0) })
    }

    @Test("tokens do not equal each other")
    func different() {
        let tokens = (0..<100).map { _ in LockToken.random() }

        #expect(Set(tokens).count == 100)
        for (index, token) in tokens.enumerated() {
            #expect(tokens.indices.filter { token == tokens[$0] } == [index])
        }
    }

    @Test(
        "a string of any form equals itself and nothing else",
        arguments: ["", "x", "null", "ABCDEF0123456789ABCDEF0123456789", "0123456789abcdef"])
    func foreign(text: String) {
        let foreign = LockToken(text)

        #expect(foreign == LockToken(text))
        #expect(foreign.description == text)
        #expect(foreign != LockToken.random())
        #expect(foreign != LockToken("y"))
    }

    @Test("strings that only look the same are not equal")
    func lookalikes() {
        #expect(LockToken("\u{E9}") != LockToken("e\u{301}"))
    }

    @Test("a token in capitals is another string")
    func caseSensitive() {
        let token = LockToken("abcdef0123456789abcdef0123456789")

        #expect(token != LockToken("ABCDEF0123456789abcdef0123456789"))
        #expect(token != LockToken(" abcdef0123456789abcdef0123456789"))
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
