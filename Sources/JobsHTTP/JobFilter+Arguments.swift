import JSON
import Jobs

extension JobFilter {
    /// The filter that a caller's map describes.
    ///
    /// As in the originals every value is turned into a string first and read from there; what does
    /// not read as a date or a number is passed over as if it were not given, and so are empty
    /// strings. A value is never an operator.
    init(_ arguments: Arguments) {
        self.init()
        for (name, value) in arguments.members {
            if let (field, value) = Self.condition(value, as: name) { field.set(&self, value) }
        }
    }

    /// What comes of a value of a filter.
    enum Reading {
        case read
        /// It is passed over.
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
        guard let text = value.filterText, !text.isEmpty,
            let field = fields.first(where: { $0.name == name }),
            let value = field.kind.value(text: text, integer: number)
        else { return nil }
        return (field, value)
    }

    /// A decimal number, rounded up; nil for anything else, such as the names that `Double` knows.
    private static func number(_ text: String) -> Int64? {
        guard text.utf8.allSatisfy({ "+-.0123456789eE".utf8.contains($0) }),
            let value = Double(text)
        else { return nil }
        return Int64(clampingCeiling: value)
    }
}

extension JSONValue {
    /// The value as the string that a string map would hold; nil for null.
    fileprivate var filterText: String? {
        switch kind {
        case .null: nil
        case .string: string
        case .number, .boolean: text.description
        case .object: "[object Object]"
        case .array: isEmptyArray ? "" : text.description
        }
    }

    /// Told from the bytes, since a filter's values lie too deep for their elements to be recorded.
    private var isEmptyArray: Bool {
        text.bytes.dropFirst().dropLast().allSatisfy { " \t\r\n".utf8.contains($0) }
    }
}
