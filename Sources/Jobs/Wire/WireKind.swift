package import JSON

/// The kind of value of a member.
package indirect enum WireKind: Sendable, Equatable {
    /// At most so many bytes of UTF-8, where that is limited.
    case text(upTo: Int? = nil)
    /// A text of at most so many Unicode scalars.
    case name(upTo: Int)
    /// One of these texts.
    case choice([String])
    case date
    case integer(ClosedRange<Int64> = .min ... .max)
    case number(ClosedRange<Double>)
    case boolean
    /// Any JSON value but null, of at most so many bytes if that is limited.
    case json(upTo: Int? = nil)
    /// An object with these members. Its value is JSON.
    case object([WireMember])
    /// An array of objects with these members. Its value is JSON.
    case list([WireMember])
    /// An array of integers. Its value is JSON.
    case integers

    /// Reads a value from JSON, without checking its limits.
    ///
    /// - Returns: `nil` if it is of another kind.
    package func value(
        _ json: JSONValue, date: (String) -> Timestamp? = { Timestamp(iso8601: $0) }
    ) -> WireValue? {
        switch self {
        case .text, .name: json.string.map { .text($0) }
        case .choice(let names):
            json.string.flatMap { names.contains($0) ? .text($0) : nil }
        case .date: json.string.flatMap(date).map { .date($0) }
        case .integer: json.integer.map { .integer($0) }
        case .number: json.double.map { .number($0) }
        case .boolean: json.boolean.map { .boolean($0) }
        case .json: json.kind == .null ? nil : .json(json.text)
        case .object: json.kind == .object ? .json(json.text) : nil
        case .list, .integers: json.kind == .array ? .json(json.text) : nil
        }
    }

    /// Reads a value that is written as a text.
    package func value(
        text: String, integer: (String) -> Int64? = { Int64($0) }
    ) -> WireValue? {
        switch self {
        case .text, .name: .text(text)
        case .choice(let names): names.contains(text) ? .text(text) : nil
        case .date: Timestamp(iso8601: text).map { .date($0) }
        case .integer: integer(text).map { .integer($0) }
        case .number: Double(text).map { .number($0) }
        case .boolean: Bool(text).map { .boolean($0) }
        case .json, .object, .list, .integers: (try? JSONText(text)).map { .json($0) }
        }
    }
}

/// A member of an object within a value.
package struct WireMember: Sendable, Equatable {
    package let name: String
    package let kind: WireKind
    /// For people. Empty where the name says it all.
    package let note: String
    /// Whether the member is always written, possibly as null.
    package let isRequired: Bool
    /// Whether there may be no value.
    package let isNullable: Bool

    init<Root>(_ field: WireField<Root>) {
        name = field.name
        kind = field.kind
        note = field.note
        isRequired = field.isRequired
        isNullable = field.isNullable
    }
}

package enum WireValue: Sendable, Equatable {
    case text(String)
    case date(Timestamp)
    case integer(Int64)
    case number(Double)
    case boolean(Bool)
    case json(JSONText)
}

/// For people.
extension WireValue: CustomStringConvertible {
    package var description: String {
        switch self {
        case .text(let text): text
        case .date(let date): date.description
        case .integer(let number): "\(number)"
        case .number(let number): "\(number)"
        case .boolean(let value): "\(value)"
        case .json(let text): text.description
        }
    }
}

extension JSONWriter {
    /// The members of an object, in the order of the fields.
    package mutating func members<Root>(_ fields: [WireField<Root>], of root: Root) {
        for field in fields {
            let value = field.value(root)
            guard value != nil || field.isRequired else { continue }
            key(text: field.name)
            if let value { self.value(value) } else { null() }
        }
    }

    /// A member of an object.
    package mutating func member(_ name: String, _ value: WireValue) {
        key(text: name)
        self.value(value)
    }

    private mutating func value(_ value: WireValue) {
        switch value {
        case .text(let text): string(text)
        case .date(let date): self.date(date)
        case .integer(let number): integer(number)
        case .number(let number): self.number(number)
        case .boolean(let value): boolean(value)
        case .json(let json): text(json)
        }
    }
}
