import Jobs

extension Argument {
    /// What the argument may be, in JSON Schema. Null is the same as leaving it out.
    fileprivate var schema: JSONLiteral {
        var members = type.schema.members
        if !isRequired, let index = members.firstIndex(where: { $0.name == "type" }) {
            members[index].value = .array([members[index].value, "null"])
        }
        var text = note.text
        if case .integer = type { text += " Fractions are rounded up." }
        members.append(("description", .string(text)))
        if let example = note.example { members.append(("examples", [example])) }
        return .object(members)
    }
}

extension ArgumentType {
    /// What values are taken, in JSON Schema.
    var schema: JSONLiteral {
        switch self {
        case .string: ["type": "string"]
        // A limit of bytes cannot be said; this one holds for plain ASCII.
        case .text(let limit): ["type": "string", "maxLength": .integer(Int64(limit))]
        case .boolean: ["type": "boolean"]
        case .any: [:]
        case .integer(let range): Self.number(range)
        case .filter: ["type": "object", "properties": .object(JobFilter.keySchemas)]
        case .object(let members): members.schema
        case .array(let members):
            [
                "type": "array", "maxItems": .integer(Int64(Command.maximumItems)),
                "items": [
                    "anyOf": [
                        members.schema,
                        [
                            "description":
                                "Anything else: there is an error in its place in the answer."
                        ],
                    ]
                ],
            ]
        }
    }

    /// Any number, since fractions are rounded up: one that is a little too small as well.
    private static func number(_ range: ClosedRange<Int64>) -> JSONLiteral {
        var schema: JSONLiteral = ["type": "number"]
        if range.lowerBound > .min {
            schema = schema + ["exclusiveMinimum": .integer(range.lowerBound - 1)]
        }
        if range.upperBound < .max { schema = schema + ["maximum": .integer(range.upperBound)] }
        return schema
    }
}

extension [Argument] {
    /// An object with these members; others are passed over.
    var schema: JSONLiteral {
        let required = filter(\.isRequired).map { JSONLiteral.string($0.name) }
        let schema: JSONLiteral = [
            "type": "object", "properties": .object(map { ($0.name, $0.schema) }),
        ]
        return required.isEmpty ? schema : schema + ["required": .array(required)]
    }

    /// The object with all arguments that have an example.
    var example: JSONLiteral {
        .object(compactMap { argument in argument.example.map { (argument.name, $0) } })
    }
}

extension Argument {
    fileprivate var example: JSONLiteral? {
        switch type {
        case .object(let members): members.example
        case .array(let members): [members.example]
        default: note.example
        }
    }
}

extension JobFilter {
    /// Values of any type are taken: what does not fit is passed over.
    fileprivate static var keySchemas: [(name: String, value: JSONLiteral)] {
        let dates = fields.filter { $0.kind == .date }.sorted { $0.name < $1.name }
        return (fields.filter { $0.kind != .date } + dates).map { field in
            (field.name, ["description": .string(field.note)])
        }
    }
}
