import Jobs
import Logging

/// An event to write, independent of the format.
struct LogRecord {
    static let correlationIDKey = "correlation_id"

    var time: Timestamp
    var level: ConsoleLevel
    /// The label of the logger.
    var source: String
    var message: String
    var error: String?
    /// The correlation id; `nil` if there is none.
    var correlationID: String?
    /// The metadata by name.
    var details: [(name: String, value: Logger.MetadataValue)]

    init(
        _ event: LogEvent, level: ConsoleLevel, source: String, metadata: Logger.Metadata,
        at time: Timestamp
    ) {
        self.time = time
        self.level = level
        self.source = source
        message = event.message.description
        error = event.error.map { "\($0)" }
        var metadata = metadata
        let id = metadata.removeValue(forKey: Self.correlationIDKey)?.description ?? ""
        correlationID = id.isEmpty ? nil : id
        details = metadata.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
    }

    /// `[<correlation id>:<LEVEL>:<time>] message: error key=value`
    var text: String {
        var line =
            "[\(correlationID.map(Self.text(ofID:)) ?? "---"):\(level.name):\(time)] \(message)"
        if let error { line += ": \(error)" }
        for (name, value) in details { line += " \(name)=\(Self.text(of: value))" }
        return line
    }

    /// The id in quotes and without brackets if it could be confused with other parts of the line,
    /// since a caller chooses it.
    private static func text(ofID id: String) -> String {
        guard id.utf8.contains(where: { #" "[]:\"#.utf8.contains($0) }) else { return id }
        var quoted = "\""
        for scalar in id.unicodeScalars {
            switch scalar {
            case "[", "]", "\"", "\\":
                quoted += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    /// The value, in quotes if its end would otherwise be ambiguous.
    private static func text(of value: Logger.MetadataValue) -> String {
        switch value {
        case .string, .stringConvertible:
            let text = "\(value)"
            let isPlain = !text.isEmpty && !text.contains { " \"=".contains($0) }
            return isPlain ? text : "\"\(text.replacing("\"", with: "\\\""))\""
        case .array, .dictionary: return "\(value)"
        }
    }
}
