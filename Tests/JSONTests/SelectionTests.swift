import NIOCore
import Testing

@testable import JSON

@Suite("JSON selection")
struct SelectionTests {
    private static let selection = JSONSelection.members([
        .init("type"), .init("filter", .members([.init("type"), .init("id")])),
        .init("jobs", .elements(most: 2, .members([.init("job_id")]))),
    ])

    private func outline(_ text: String) throws -> JSONOutline {
        try JSONOutline(ByteBuffer(string: text), selecting: Self.selection)
    }

    @Test("selected members are read as usual")
    func selected() throws {
        let root = try outline(
            #"{"filter":{"id":"7","type":"a"},"jobs":[{"job_id":1},5],"type":{"deep":[1]}}"#
        ).root

        #expect(root["type"]?.text.description == #"{"deep":[1]}"#)
        #expect(root["filter"]?["id"]?.string == "7")
        #expect(root["filter"]?.members.map(\.name) == ["id", "type"])
        #expect(root["jobs"]?.elements.map { $0["job_id"]?.integer } == [1, nil])
    }

    @Test("other members are not recorded, and the first of them are named")
    func skipped() throws {
        let many = (0..<5000).map { "\"k\($0)\":[0,0,{\"a\":0}]" }.joined(separator: ",")
        let outline = try outline(
            #"{"x":\#("[" + String(repeating: "0,", count: 5000) + "0]"),"filter":{\#(many)}}"#)

        #expect(outline.places.count == 2)
        #expect(outline.skipped.count == 5001)
        #expect(outline.skipped.paths.prefix(2) == ["x", "filter.k0"])
        #expect(outline.skipped.paths.count == SkippedMembers.mostPaths)
    }

    @Test("skipped members are checked as well")
    func checked() {
        for text in [#"{"x":tru}"#, #"{"x":[1,]}"#, #"{"x":"\ud800"}"#, #"{"x":1 "y":2}"#] {
            #expect(throws: JSONError.self, "\(text)") { try outline(text) }
        }
    }

    @Test("elements after the last selected one are only counted")
    func elements() throws {
        let outline = try outline(#"{"jobs":[{"a":1,"job_id":1},2,{"b":1},4,[5]]}"#)

        #expect(outline.root["jobs"]?.elementCount == 5)
        #expect(outline.root["jobs"]?.elements.count == 2)
        #expect(outline.skipped.paths == ["jobs.0.a"])
    }

    @Test("the last of duplicate members replaces the others")
    func duplicates() throws {
        let text = #"{"filter":{"type":"a","\u0074ype":"b","id":"1","type":"c"},"type":1,"type":2}"#
        let outline = try outline(text)

        #expect(outline.places.count == 5)
        #expect(outline.root["filter"]?["type"]?.string == "c")
        #expect(outline.root["filter"]?["id"]?.string == "1")
        #expect(outline.root["type"]?.integer == 2)
        #expect(outline.skipped.paths == ["filter.type", "filter.type", "type"])
    }

    @Test("a member that is null counts as absent")
    func nulls() throws {
        #expect(try outline(#"{"x":null,"type":null,"type":1}"#).skipped.isEmpty)
    }

    @Test("a value of an unexpected kind is kept as text")
    func otherKinds() throws {
        let outline = try outline(#"{"filter":[{"x":1}],"jobs":{"job_id":1,"x":2}}"#)

        #expect(outline.root["filter"]?.text.description == #"[{"x":1}]"#)
        #expect(outline.root["jobs"]?.text.description == #"{"job_id":1,"x":2}"#)
        #expect(outline.places.count == 3)
        #expect(outline.skipped.isEmpty)
    }

    @Test("a long name is truncated at a character boundary")
    func longNames() throws {
        let name = "x" + String(repeating: "ä", count: 1000)
        let path = try #require(outline("{\"\(name)\":1}").skipped.paths.first)

        #expect(name.hasPrefix(path))
        #expect((60...64).contains(path.utf8.count))
    }
}
