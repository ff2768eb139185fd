import JSON
import Jobs
import Logging
import NIOCore

extension LogRecord {
    /// The names of the fixed fields; details of the same name get a prefix.
    private static let ownNames: Set<String> = ["time", "level", "source", "message", "error"]

    /// A JSON object with the fixed fields first, then the details. Numbers and booleans are
    /// written as such. It is always valid, also with arbitrary bytes from a caller.
    var json: String {
        var json = JSONWriter(capacity: 256)
        json.beginObject()
        json.key("time")
        json.date(time)
        json.key("level")
        json.string(level.name.lowercased())
        json.key("source")
        json.string(source)
        if let correlationID {
            json.key("correlation_id")
            json.string(correlationID)
        }
        json.key("message")
        json.string(message)
        if let error {
            json.key("error")
            json.string(error)
        }
        for (name, value) in details {
            // Programs differ in how they read a repeated key.
            json.key(text: Self.ownNames.contains(name) ? "metadata.\(name)" : name)
            json.metadata(value)
        }
        json.endObject()
        return String(buffer: json.buffer)
    }
}

extension JSONWriter {
    fileprivate mutating func metadata(_ value: Logger.MetadataValue) {
        switch value {
        case .string(let text): string(text)
        case .stringConvertible(let value): self.value(value)
        case .array(let values):
            beginArray()
            for value in values { metadata(value) }
            endArray()
        case .dictionary(let values):
            beginObject()
            for (name, value) in values.sorted(by: { $0.key < $1.key }) {
                key(text: name)
                metadata(value)
            }
            endObject()
        }
    }

    private mutating func value(_ value: any CustomStringConvertible) {
        switch value {
        case let value as Bool: boolean(value)
        case let value as any FixedWidthInteger: integer(value)
        case let value as Double where value.isFinite: number(value)
        case let value as Float where value.isFinite: number(Double(value))
        default: string("\(value)")
        }
    }
}
