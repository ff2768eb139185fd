import Jobs

extension Argument {
    /// The JSON Schema of the argument. Null is equivalent to leaving the argument out.
    fileprivate var schema: JSONLiteral {
        var members = type.schema.members
        if !isRequired {
            for index in members.indices {
                switch (members[index].name, members[index].value) {
                case ("type", let type): members[index].value = .array([type, "null"])
                case ("enum", .array(let names)): members[index].value = .array(names + [.null])
                default: break
                }
            }
        }
        var text = note.text
        switch type {
        case .integer: text += " Fractions are rounded up."
        case .any(let limit?): text += " At most \(limit) bytes of JSON."
        default: break
        }
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
        case .key(let limit):
            ["type": "string", "minLength": 1, "maxLength": .integer(Int64(limit))]
        case .date: ["type": "string", "format": "date-time"]
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
        case .texts(let range, let limit):
            [
                "type": "array", "minItems": .integer(Int64(range.lowerBound)),
                "maxItems": .integer(Int64(range.upperBound)),
                "items": ["type": "string", "maxLength": .integer(Int64(limit))],
            ]
        case .choices(let names):
            [
                "type": "array", "maxItems": .integer(Int64(Command.maximumItems)),
                "items": ["type": "string", "enum": .array(names.map { .string($0) })],
            ]
        case .integer(let range): Self.number(range)
        case .filter(isStrict: false):
            ["type": "object", "properties": .object(JobFilter.keySchemas)]
        case .filter(isStrict: true):
            [
                "type": "object", "properties": .object(JobFilter.strictKeySchemas),
                "additionalProperties": false,
                // Null is equivalent to leaving a key out, and a key is needed.
                "not": ["additionalProperties": ["type": "null"]],
            ]
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

    /// A number instead of an integer, since fractions are rounded up, even from just below the
    /// minimum.
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
    /// An object without an example of its own has that of its members.
    fileprivate var example: JSONLiteral? {
        switch type {
        case _ where note.example != nil: note.example
        case .object(let members) where !members.example.members.isEmpty: members.example
        case .array(let members): [members.example]
        default: nil
        }
    }
}

extension JobFilter {
    /// The schemas of the keys that the original services have too accept values of any type, since
    /// values that cannot be read are ignored.
    fileprivate static var keySchemas: [(name: String, value: JSONLiteral)] {
        ordered(keys).map { key in
            let description: JSONLiteral = ["description": .string(key.note.text)]
            return (key.name, key.type.isAlwaysChecked ? key.schema : description)
        }
    }

    fileprivate static var strictKeySchemas: [(name: String, value: JSONLiteral)] {
        ordered(keys).map { key in
            switch key.type {
            case .string, .text: (key.name, key.schema + ["minLength": 1])
            default: (key.name, key.schema)
            }
        }
    }

    /// The dates last.
    private static func ordered(_ keys: [Argument]) -> [Argument] {
        let isDate = { (key: Argument) in if case .date = key.type { true } else { false } }
        return keys.filter { !isDate($0) } + keys.filter(isDate).sorted { $0.name < $1.name }
    }
}
