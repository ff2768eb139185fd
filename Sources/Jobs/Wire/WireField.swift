public import JSON

/// A member of an object on the wire: what it is called, what it holds, and where that stands in a
/// value of the program.
package struct WireField<Root>: Sendable {
    package let name: String
    package let kind: WireKind
    /// For people. Empty where the name says it all.
    package let note: String
    /// Whether it is always there, be it as null.
    package let isRequired: Bool
    /// Whether there may be no value.
    package let isNullable: Bool
    /// `nil`: there is no value, or none that is to be shown.
    package let value: @Sendable (Root) -> WireValue?
    /// A value of another kind changes nothing.
    package let set: @Sendable (inout Root, WireValue) -> Void

    /// A member that is always there.
    static func required<Value: WireProperty>(
        _ name: String, _ path: any WritableKeyPath<Root, Value> & Sendable,
        _ kind: WireKind = Value.wireKind, note: String = ""
    ) -> WireField {
        WireField(name, path, kind, note, isRequired: true, unset: nil)
    }

    /// A member that is there only where it says something.
    /// - Parameter unset: what is as good as nothing, beside nil.
    static func optional<Value: WireProperty>(
        _ name: String, _ path: any WritableKeyPath<Root, Value> & Sendable,
        _ kind: WireKind = Value.wireKind, unset: Value? = nil, note: String = ""
    ) -> WireField {
        WireField(name, path, kind, note, isRequired: false, unset: unset)
    }

    private init<Value: WireProperty>(
        _ name: String, _ path: any WritableKeyPath<Root, Value> & Sendable, _ kind: WireKind,
        _ note: String, isRequired: Bool, unset: Value?
    ) {
        self.name = name
        self.kind = kind
        self.note = note
        self.isRequired = isRequired
        isNullable = Value.isNullable
        value = { root in
            let value = root[keyPath: path]
            return value == unset ? nil : value.wire
        }
        set = { root, value in
            if let value = Value(wire: value) { root[keyPath: path] = value }
        }
    }
}

/// What a member holds.
package enum WireKind: Sendable, Equatable {
    /// At most so many bytes of UTF-8, where that is limited.
    case text(upTo: Int? = nil)
    case date
    case integer(ClosedRange<Int64> = .min ... .max)
    case boolean
    /// Any JSON value but null.
    case json

    /// Takes a value from JSON, whatever limits there are.
    /// - Returns: nil where it is of another kind.
    package func value(
        _ json: JSONValue, date: (String) -> Timestamp? = { Timestamp(iso8601: $0) }
    ) -> WireValue? {
        switch self {
        case .text: json.string.map { .text($0) }
        case .date: json.string.flatMap(date).map { .date($0) }
        case .integer: json.integer.map { .integer($0) }
        case .boolean: json.boolean.map { .boolean($0) }
        case .json: json.kind == .null ? nil : .json(json.text)
        }
    }

    /// Reads a value that is written as a text.
    package func value(
        text: String, integer: (String) -> Int64? = { Int64($0) }
    ) -> WireValue? {
        switch self {
        case .text: .text(text)
        case .date: Timestamp(iso8601: text).map { .date($0) }
        case .integer: integer(text).map { .integer($0) }
        case .boolean: Bool(text).map { .boolean($0) }
        case .json: (try? JSONText(text)).map { .json($0) }
        }
    }
}

package enum WireValue: Sendable, Equatable {
    case text(String)
    case date(Timestamp)
    case integer(Int64)
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
            switch value {
            case nil: null()
            case .text(let text)?: string(text)
            case .date(let date)?: self.date(date)
            case .integer(let number)?: integer(number)
            case .boolean(let value)?: boolean(value)
            case .json(let json)?: text(json)
            }
        }
    }
}

/// What a property may be to stand for a member.
protocol WireProperty: Sendable, Equatable {
    static var wireKind: WireKind { get }
    static var isNullable: Bool { get }
    /// `nil`: the value is of another kind.
    init?(wire: WireValue)
    var wire: WireValue? { get }
}

extension WireProperty {
    static var isNullable: Bool { false }
}

extension Optional: WireProperty where Wrapped: WireProperty {
    static var wireKind: WireKind { Wrapped.wireKind }
    static var isNullable: Bool { true }

    init?(wire: WireValue) {
        guard let value = Wrapped(wire: wire) else { return nil }
        self = value
    }

    var wire: WireValue? { flatMap(\.wire) }
}

extension String: WireProperty {
    static var wireKind: WireKind { .text() }

    init?(wire: WireValue) {
        guard case .text(let text) = wire else { return nil }
        self = text
    }

    var wire: WireValue? { .text(self) }
}

extension JobID: WireProperty {
    static var wireKind: WireKind { .text() }

    init?(wire: WireValue) {
        guard case .text(let text) = wire else { return nil }
        self.init(text)
    }

    var wire: WireValue? { .text(description) }
}

extension Timestamp: WireProperty {
    static var wireKind: WireKind { .date }

    init?(wire: WireValue) {
        guard case .date(let date) = wire else { return nil }
        self = date
    }

    var wire: WireValue? { .date(self) }
}

extension Int64: WireProperty {
    static var wireKind: WireKind { .integer() }

    init?(wire: WireValue) {
        guard case .integer(let number) = wire else { return nil }
        self = number
    }

    var wire: WireValue? { .integer(self) }
}

extension Int: WireProperty {
    static var wireKind: WireKind { .integer() }

    init?(wire: WireValue) {
        guard let number = Int64(wire: wire) else { return nil }
        self.init(number)
    }

    var wire: WireValue? { .integer(Int64(self)) }
}

extension JSONText: WireProperty {
    static var wireKind: WireKind { .json }

    init?(wire: WireValue) {
        guard case .json(let text) = wire else { return nil }
        self = text
    }

    var wire: WireValue? { .json(self) }
}
