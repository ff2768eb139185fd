package import JSON

extension JSONValue {
    /// The moment in ISO 8601; `nil` for another value.
    package var date: Timestamp? { string.flatMap { Timestamp(iso8601: $0) } }
}
