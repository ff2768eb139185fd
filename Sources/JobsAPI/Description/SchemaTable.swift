/// The members of an object in answers, as a table for people.
package struct SchemaTable: Sendable {
    package struct Row: Sendable {
        package let name: String
        package let type: String
        package let note: String
    }

    package let name: String
    package let rows: [Row]

    /// The tables of all objects in answers.
    package static var all: [SchemaTable] {
        JSONLiteral.schemas.members.map { SchemaTable(name: $0.name, rows: rows(of: $0.value)) }
            .filter { !$0.rows.isEmpty }
    }

    /// The rows of an object and of its parts.
    private static func rows(of schema: JSONLiteral, in place: String = "") -> [Row] {
        if case .array(let parts)? = schema["allOf"] {
            return parts.flatMap { part -> [Row] in
                guard let name = part.referenceName else { return rows(of: part, in: place) }
                return [Row(name: "", type: name, note: "The members of that.")]
            }
        }
        var required: [String] = []
        if case .array(let names)? = schema["required"] { required = names.compactMap(\.text) }
        return (schema["properties"]?.members ?? []).flatMap { name, member -> [Row] in
            let prefix = required.contains(name) ? "" : "optional "
            let row = Row(
                name: place + name, type: prefix + member.typeInWords,
                note: member["description"]?.text ?? "")
            let inner = member["items"] ?? member
            let separator = member["items"] == nil ? "." : "[]."
            return [row] + rows(of: inner, in: place + name + separator)
        }
    }
}

extension Operation.Described {
    /// The name of the object in the body; `nil` if the body has another form.
    package var schemaName: String? { schema?.referenceName }
}

extension JSONLiteral {
    fileprivate var text: String? { if case .string(let text) = self { text } else { nil } }

    fileprivate var referenceName: String? {
        self["$ref"]?.text?.split(separator: "/").last.map { String($0) }
    }

    fileprivate var typeInWords: String {
        if let name = referenceName { return name }
        if let items = self["items"] { return "array of \(items.typeInWords)" }
        let types: [String] =
            switch self["type"] {
            case .string(let type)?: [type]
            case .array(let types)?: types.compactMap(\.text)
            default: []
            }
        if types.isEmpty { return "any value" }
        let format = self["format"]?.text == "date-time" ? "date" : nil
        return types.map { $0 == "string" ? format ?? $0 : $0 }.joined(separator: " or ")
    }
}
