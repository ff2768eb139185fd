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
            guard let text = value.filterText, !text.isEmpty else { continue }
            apply(name, text)
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
        guard let text = value.filterText, !text.isEmpty else { return .unread }
        switch name {
        case "id": return .read
        case "type": return reading(text, limit: Job.maximumTypeBytes)
        case "ref_id": return reading(text, limit: Job.maximumRefIDBytes)
        case "retries", "min_retries": return number(text) == nil ? .unread : .read
        default: return Timestamp(iso8601: text) == nil ? .unread : .read
        }
    }

    private static func reading(_ text: String, limit: Int) -> Reading {
        let count = text.utf8.count
        return count > limit ? .tooLong(count, limit: limit) : .read
    }

    private mutating func apply(_ name: String, _ text: String) {
        switch name {
        case "id": id = JobID(text)
        case "type": type = text
        case "ref_id": refID = text
        case "retries": retries = Self.number(text) ?? retries
        case "min_retries": minRetries = Self.number(text) ?? minRetries
        default:
            guard let bound = Self.dates[name], let date = Timestamp(iso8601: text) else { return }
            self[keyPath: bound] = date
        }
    }

    /// All keys, each with what it asks for.
    static let keys: [(name: String, note: String)] =
        [
            ("id", "This id."), ("type", "This type."), ("ref_id", "This ref_id."),
            ("retries", "Started so often."), ("min_retries", "Started more often than that."),
        ]
        + dates.keys.sorted().map { name in
            if name.hasSuffix("_from") { return (name, "At this date or later.") }
            if name.hasSuffix("_to") { return (name, "At this date or earlier.") }
            return (name, "At this date.")
        }

    /// A decimal number, rounded up; nil for anything else, such as the names that `Double` knows.
    private static func number(_ text: String) -> Int? {
        guard text.utf8.allSatisfy({ "+-.0123456789eE".utf8.contains($0) }),
            let value = Double(text)
        else { return nil }
        return Int(Int64(clampingCeiling: value))
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
