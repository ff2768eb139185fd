import JSON
package import NIOCore

/// A JSON value for literals in code, which keeps the order of members.
package enum JSONLiteral: Sendable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case string(String)
    case array([JSONLiteral])
    case object([(name: String, value: JSONLiteral)])

    /// An object with the members of both.
    static func + (left: JSONLiteral, right: JSONLiteral) -> JSONLiteral {
        .object(left.members + right.members)
    }

    /// The members; empty if the value is not an object.
    var members: [(name: String, value: JSONLiteral)] {
        if case .object(let members) = self { members } else { [] }
    }

    /// The first member with this name.
    subscript(name: String) -> JSONLiteral? { members.first { $0.name == name }?.value }

    /// The value as JSON for programs.
    package var json: ByteBuffer {
        var json = JSONWriter(capacity: 1 << 10)
        json.literal(self)
        return json.buffer
    }

    /// The value as JSON for people.
    package func pretty(indentation: String = "") -> String {
        let inner = indentation + "  "
        let (open, lines, close): (String, [String], String)
        switch self {
        case .array(let values):
            (open, close) = ("[", "]")
            lines = values.map { $0.pretty(indentation: inner) }
        case .object(let members):
            (open, close) = ("{", "}")
            lines = members.map { name, value in
                let name = String(buffer: JSONLiteral.string(name).json)
                return "\(name): \(value.pretty(indentation: inner))"
            }
        default:
            return String(buffer: json)
        }
        guard !lines.isEmpty else { return open + close }
        return "\(open)\n"
            + lines.map { inner + $0 }.joined(separator: ",\n") + "\n\(indentation)\(close)"
    }
}

extension JSONWriter {
    mutating func literal(_ literal: JSONLiteral) {
        switch literal {
        case .null: null()
        case .boolean(let value): boolean(value)
        case .integer(let value): integer(value)
        case .string(let value): string(value)
        case .array(let values):
            beginArray()
            for value in values { self.literal(value) }
            endArray()
        case .object(let members):
            beginObject()
            for (name, value) in members {
                key(text: name)
                self.literal(value)
            }
            endObject()
        }
    }
}

extension JSONLiteral: ExpressibleByBooleanLiteral {
    package init(booleanLiteral value: Bool) { self = .boolean(value) }
}

extension JSONLiteral: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: Int64) { self = .integer(value) }
}

extension JSONLiteral: ExpressibleByStringInterpolation {
    package init(stringLiteral value: String) { self = .string(value) }
}

extension JSONLiteral: ExpressibleByArrayLiteral {
    package init(arrayLiteral values: JSONLiteral...) { self = .array(values) }
}

extension JSONLiteral: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral members: (String, JSONLiteral)...) {
        self = .object(members.map { (name: $0, value: $1) })
    }
}
