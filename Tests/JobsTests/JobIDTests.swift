import Jobs
import Testing

@Suite("Job ids")
struct JobIDTests {
    /// Every form an id may have: ours, older ones, and what an operator made up.
    static let texts = [
        "", "\0", "\0a", " ", "0", "1", "9", "A", "a", "aa", "b", "f", "g", "z", "~", "é",
        "e\u{301}",
        "\u{FFFF}", "😀", "0190b5a1c2d37e4f8a9b0c1d2e3f4a5b", "0190b5a1c2d37e4f8a9b0c1d2e3f4a5c",
        "0190b5a1c2d37e4f8a9b0c1d2e3f4a5", "0190b5a1c2d37e4f8a9b0c1d2e3f4a5b0",
        "0190B5A1C2D37E4F8A9B0C1D2E3F4A5B", "0190b5a1-c2d3-7e4f-8a9b-0c1d2e3f4a5b",
        "9d51387014014d17abde4f5d1b10c319", "00000000000000000000000000000000",
        "ffffffffffffffffffffffffffffffff", "fffffffffffffffffffffffffffffffg",
        "507f1f77bcf86cd799439011", "job:1", "$where", "a.b",
    ]

    @Test("an id of any form comes back as it was", arguments: texts)
    func verbatim(text: String) {
        #expect(Array(JobID(text).description.utf8) == Array(text.utf8))
    }

    @Test("ids are equal and ordered as the bytes of their strings")
    func order() {
        for left in Self.texts {
            for right in Self.texts {
                let (leftID, rightID) = (JobID(left), JobID(right))

                #expect((leftID == rightID) == left.utf8.elementsEqual(right.utf8))
                #expect((leftID < rightID) == left.utf8.lexicographicallyPrecedes(right.utf8))
                if leftID == rightID { #expect(leftID.hashValue == rightID.hashValue) }
            }
        }
    }

    @Test("composed and decomposed letters make different ids")
    func normalization() {
        #expect("\u{E9}" == "e\u{301}")
        #expect(JobID("\u{E9}") != JobID("e\u{301}"))
        #expect(Set([JobID("\u{E9}"), JobID("e\u{301}"), JobID("\u{E9}")]).count == 2)
    }

    @Test("an id is found again in a set, whatever its form")
    func hashing() {
        let ids = Set(Self.texts.map(JobID.init))

        #expect(ids.count == Self.texts.count)
        #expect(Self.texts.allSatisfy { ids.contains(JobID($0)) })
        #expect(!ids.contains(JobID("9d51387014014d17abde4f5d1b10c31a")))
    }
}
