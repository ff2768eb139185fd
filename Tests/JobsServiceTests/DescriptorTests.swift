import Testing

@testable import JobsService

@Suite struct DescriptorTests {
    @Test("a descriptor has five parts, and blanks around them are ignored")
    func parts() {
        let text = " a : b:c :d: 1.0 "

        #expect(Descriptor(text)?.description == "a:b:c:d:1.0")
    }

    @Test(
        "other texts are not descriptors",
        arguments: ["", "a", "a:b:c:d", "a:b:c:d:1.0:e", "a:b::d:1.0", "a:b:c:d: ", ":::::"])
    func noDescriptor(text: String) {
        #expect(Descriptor(text) == nil)
    }

    @Test(
        "descriptors match when every part is equal or a star on one side",
        arguments: [
            ("a:b:c:d:1.0", "a:b:c:d:1.0", true), ("a:b:c:d:1.0", "a:b:c:*:1.0", true),
            ("*:b:c:d:1.0", "a:*:c:d:1.0", true), ("*:*:*:*:*", "a:b:c:d:1.0", true),
            ("a:b:c:d:1.0", "a:b:c:e:1.0", false), ("a:b:c:d:1.0", "a:b:c:d:2.0", false),
            ("a:b:c:d:1.0", "A:b:c:d:1.0", false),
        ])
    func matching(left: String, right: String, expected: Bool) throws {
        let left = try #require(Descriptor(left))
        let right = try #require(Descriptor(right))

        #expect(left.matches(right) == expected)
        #expect(right.matches(left) == expected)
    }
}
