import BSON
import Jobs
import Testing

@testable import JobsMongo

@Suite("Changes of fields")
struct FieldChangeTests {
    private func bytes(_ literal: BSONLiteral) -> [UInt8] {
        var bytes: [UInt8] = []
        literal.appendBSON(to: &bytes)
        return bytes
    }

    @Test("a change that is encoded once makes the same commands", arguments: [true, false])
    func constant(hasToken: Bool) {
        let change = FieldChange(
            condition: ["$and": [Pipelines.isOpen, Pipelines.hasLease]],
            fields: ["completed": "$$NOW", "worker": "$$REMOVE", "note": ["a": 1]])
        let encoded = FieldChange(constant: change)
        let token = hasToken ? LockToken.random() : nil

        #expect(bytes(encoded.condition) == bytes(change.condition))
        #expect(bytes(encoded.stage) == bytes(change.stage))
        #expect(bytes(encoded.pipeline(token)) == bytes(change.pipeline(token)))
    }

    @Test("fields that are encoded once have the same names, order and values")
    func fields() {
        let fields: FieldValues = ["b": ["$add": ["$a", 1]], "a": .null, "c": "$$REMOVE"]

        #expect(bytes(fields.encoded.stage) == bytes(fields.stage))
    }
}
