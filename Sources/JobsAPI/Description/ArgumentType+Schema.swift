import Jobs

extension Argument {
    /// The JSON Schema of the argument. Null is equivalent to leaving the argument out.
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
    /// The JSON Schema of the accepted values.
    var schema: JSONLiteral {
        switch self {
        case .string: ["type": "string"]
        // JSON Schema has no limit in bytes; this one is exact for ASCII.
        case .text(let limit): ["type": "string", "maxLength": .integer(Int64(limit))]
        case .name(let limit): ["type": "string", "maxLength": .integer(Int64(limit))]
        case .choice(let names): ["type": "string", "enum": .array(names.map { .string($0) })]
        case .number(let range):
            [
                "type": "number", "minimum": .integer(Int64(range.lowerBound)),
                "maximum": .integer(Int64(range.upperBound)),
            ]
        case .boolean: ["type": "boolean"]
        case .any: [:]
        case .strings:
            [
                "type": "array", "maxItems": .integer(Int64(Command.maximumItems)),
                "items": ["type": "string"],
            ]
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
                                "Any other value: the answer has an error in its place."
                        ],
                    ]
                ],
            ]
        }
    }

    /// A number instead of an integer, since fractions are rounded up, even from just below the minimum.
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
    /// The JSON Schema of an object with these members; others are ignored.
    var schema: JSONLiteral {
        let required = filter(\.isRequired).map { JSONLiteral.string($0.name) }
        let schema: JSONLiteral = [
            "type": "object", "properties": .object(map { ($0.name, $0.schema) }),
        ]
        return required.isEmpty ? schema : schema + ["required": .array(required)]
    }

    /// The object with all arguments that have an example.
    package var example: JSONLiteral {
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
    /// The schemas accept values of any type, since values that cannot be read are ignored.
    fileprivate static var keySchemas: [(name: String, value: JSONLiteral)] {
        let dates = fields.filter { $0.kind == .date }.sorted { $0.name < $1.name }
        return (fields.filter { $0.kind != .date } + dates).map { field in
            (field.name, ["description": .string(field.note)])
        }
    }
}
