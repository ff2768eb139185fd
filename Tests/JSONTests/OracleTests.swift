import Foundation
import NIOCore
import Testing

@testable import JSON

/// Random texts and random mutations, checked by this module and by Foundation.
@Suite("JSON against Foundation")
struct OracleTests {
    @Test(
        "random texts are accepted, refused and interpreted as by Foundation",
        arguments: UInt64(1)...8)
    func agreement(seed: UInt64) async {
        var json = RandomJSON(seed: seed)
        var verdicts: [Bool: Int] = [:]
        for _ in 0..<4000 {
            let document = json.document()
            for text in [document] + (0..<4).map({ _ in json.mutation(of: document) }) {
                do {
                    verdicts[try judge(text), default: 0] += 1
                } catch {
                    Issue.record(
                        "seed \(seed): \(error): \(String(decoding: text, as: UTF8.self)) \(text)")
                }
            }
            // This takes long; let other tests handle their events.
            await Task.yield()
        }

        #expect(verdicts[true, default: 0] > 4000)
        #expect(verdicts[false, default: 0] > 4000)
    }

    struct Disagreement: Error, CustomStringConvertible {
        var description: String
    }

    /// Compares all results of both for a text.
    /// - Returns: whether both accept it.
    private func judge(_ text: [UInt8]) throws -> Bool {
        let object = try? JSONSerialization.jsonObject(
            with: Data(text), options: .fragmentsAllowed)
        let outline: JSONOutline
        do {
            outline = try JSONOutline(ByteBuffer(bytes: text), recordedDepth: 1000)
        } catch {
            try compareRefusals(of: text, error)
            if object != nil { try excuse(error, of: text) }
            return false
        }
        let tree = Tree(outline.root)
        guard let object else {
            // The scanner accepts numbers that Foundation cannot represent, and deeper nesting.
            guard tree.hasHugeNumber || depth(of: text) > 512 else {
                throw Disagreement(description: "only we accept")
            }
            return true
        }
        // Foundation drops U+FEFF from strings where it takes it for a byte order mark.
        if text.contains("\u{FEFF}".utf8) { return true }
        guard tree == Tree(foundation: object) else {
            throw Disagreement(description: "different values")
        }
        try compareTexts(outline.root)
        try compareLookups(outline.root)
        try compareCopy(outline.root, tree)
        return true
    }

    /// If Foundation accepts more than the grammar allows, repeats the comparison without that
    /// part.
    private func excuse(_ error: JSONError, of text: [UInt8]) throws {
        // It detects UTF-16 and UTF-32 by the NULs in the first four bytes.
        if text.prefix(4).contains(0) || text.starts(with: [0xFE, 0xFF])
            || text.starts(with: [0xFF, 0xFE])
        {
            return
        }
        // It skips a byte order mark.
        if text.starts(with: "\u{FEFF}".utf8) {
            guard try judge(Array(text.dropFirst(3))) else {
                throw Disagreement(description: "accepted with a mark in front only")
            }
            return
        }
        // It allows a comma after the last element or member.
        let before = text[..<error.offset]
        if error.reason == .unexpectedByte, "]}".utf8.contains(text[error.offset]),
            let comma = before.lastIndex(where: { !" \t\r\n".utf8.contains($0) }),
            text[comma] == UInt8(ascii: ",")
        {
            var text = text
            text.remove(at: comma)
            guard try judge(text) else {
                throw Disagreement(description: "accepted with one more comma only")
            }
            return
        }
        throw Disagreement(description: "only Foundation accepts, we say \(error)")
    }

    /// The error and its offset do not depend on the recorded levels.
    private func compareRefusals(of text: [UInt8], _ error: JSONError) throws {
        for depth in [0, 1, 2] where refusal(of: text, recordedDepth: depth) != error {
            throw Disagreement(description: "another verdict at depth \(depth)")
        }
    }

    /// The kept bytes of a value are equal to the value.
    private func compareTexts(_ root: JSONValue) throws {
        let unrecorded = try outline(bytes: root.text.bytes, recordedDepth: 0).root
        let object = try JSONSerialization.jsonObject(
            with: Data(unrecorded.text.bytes), options: .fragmentsAllowed)
        guard unrecorded.text == root.text, Tree(foundation: object) == Tree(root) else {
            throw Disagreement(description: "the kept text differs")
        }
    }

    /// Looking up a member returns the last one with that name.
    private func compareLookups(_ value: JSONValue) throws {
        let members = value.members
        for (name, _) in members {
            let last = members.last { $0.name.utf8.elementsEqual(name.utf8) }
            guard value[name]?.index == last?.value.index else {
                throw Disagreement(description: "another member called \(name)")
            }
        }
        for member in members { try compareLookups(member.value) }
        for element in value.elements { try compareLookups(element) }
    }

    /// The writer's text of a value reads back the same, here and in Foundation.
    private func compareCopy(_ root: JSONValue, _ tree: Tree) throws {
        var writer = JSONWriter(capacity: 16)
        write(root, &writer)
        let copy = try JSONOutline(writer.buffer, recordedDepth: 1000).root
        let object = try JSONSerialization.jsonObject(
            with: Data(writer.buffer.readableBytesView), options: .fragmentsAllowed)
        guard Tree(copy) == tree, Tree(foundation: object) == tree else {
            throw Disagreement(description: "the copy differs")
        }
    }

    private func write(_ value: JSONValue, _ writer: inout JSONWriter) {
        switch value.kind {
        case .null: writer.null()
        case .boolean: writer.boolean(value.boolean ?? false)
        case .number: writer.text(value.text)
        case .string: writer.string(value.string ?? "")
        case .array:
            writer.beginArray()
            for element in value.elements { write(element, &writer) }
            writer.endArray()
        case .object:
            writer.beginObject()
            for (name, member) in value.members {
                writer.key(text: name)
                write(member, &writer)
            }
            writer.endObject()
        }
    }

    /// The nesting depth of an accepted text.
    private func depth(of text: [UInt8]) -> Int {
        var depths = 0...1000
        while depths.count > 1 {
            let middle = (depths.lowerBound + depths.upperBound) / 2
            if refusal(of: text, recordedDepth: 0, maximumDepth: middle) == nil {
                depths = depths.lowerBound...middle
            } else {
                depths = (middle + 1)...depths.upperBound
            }
        }
        return depths.lowerBound
    }
}
