import JSON
import Jobs

extension JobFilter {
    /// The keys of a filter, with the types of their values.
    static let keys = fields.map { Argument($0) }

    /// Creates a filter from the map in the arguments.
    ///
    /// As in the original services, every value is converted to a string and then parsed. Empty
    /// strings, and texts that are not a valid date or number, are ignored. A value is never an
    /// operator. The values of keys that the original services lack were checked before, and have
    /// the right type.
    init(_ arguments: Arguments) {
        self.init()
        for (name, value) in arguments.members {
            if let (field, value) = Self.condition(value, as: name) { field.set(&self, value) }
        }
    }

    /// The result of parsing a value of a filter.
    enum Reading {
        case read
        /// The value is ignored.
        case unread
        case tooLong(Int, limit: Int)
    }

    /// Whether a value that is not null is a condition.
    static func reads(_ value: JSONValue, as name: String) -> Reading {
        guard let (field, value) = condition(value, as: name) else { return .unread }
        guard case .text(let limit?) = field.kind, case .text(let text) = value,
            text.utf8.count > limit
        else { return .read }
        return .tooLong(text.utf8.count, limit: limit)
    }

    private static func condition(_ value: JSONValue, as name: String)
        -> (WireField<JobFilter>, WireValue)?
    {
        guard let text = value.filterText, let field = fields.first(where: { $0.name == name }),
            !text.isEmpty || field.kind.takesEmptyText,
            let value = field.kind.value(text: text, integer: number)
        else { return nil }
        return (field, value)
    }

    /// A decimal number, rounded up; `nil` for anything else, such as the `nan` and `inf` of
    /// `Double`.
    private static func number(_ text: String) -> Int64? {
        guard text.utf8.allSatisfy({ "+-.0123456789eE".utf8.contains($0) }),
            let value = Double(text)
        else { return nil }
        return Int64(clampingCeiling: value)
    }
}

extension WireKind {
    /// Whether an empty text is a value of its own. In the keys of the original services it is
    /// none.
    fileprivate var takesEmptyText: Bool {
        if case .name = self { true } else { false }
    }
}

extension JSONValue {
    /// The value as a string map of the original services stores it; `nil` for null.
    fileprivate var filterText: String? {
        switch kind {
        case .null: nil
        case .string: string
        case .number, .boolean: text.description
        case .object: "[object Object]"
        case .array: isEmptyArray ? "" : text.description
        }
    }

    /// Read from the bytes, since the outline does not record elements at the depth of a filter's
    /// values.
    private var isEmptyArray: Bool {
        text.bytes.dropFirst().dropLast().allSatisfy { " \t\r\n".utf8.contains($0) }
    }
}
