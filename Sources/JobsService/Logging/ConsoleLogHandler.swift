import Jobs
import Logging

/// Writes log lines as operators know them: `[<correlation id>:<LEVEL>:<time>] message: error`.
///
/// The correlation id comes from the metadata key `correlation_id`; other metadata stands behind
/// the message as `key=value`. What is a warning or worse goes to standard error, the rest to
/// standard output. An event is one line: control characters, which a caller may have put into a
/// correlation id to forge lines, are escaped.
struct ConsoleLogHandler: LogHandler {
    static let correlationIDKey = "correlation_id"

    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    private let output: ConsoleOutput

    init(level: Logger.Level = .info, output: ConsoleOutput = .standard) {
        logLevel = level
        self.output = output
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let level = ConsoleLevel(event.level)
        let line = self.line(for: event, level: level, at: .now())
        output.write(line, level <= .warn ? .error : .output)
    }

    /// The line for an event, with the line feed that ends it.
    func line(for event: LogEvent, level: ConsoleLevel, at time: Timestamp) -> String {
        var details = metadata
        if let provided = metadataProvider?.get() { details.merge(provided) { $1 } }
        if let given = event.metadata { details.merge(given) { $1 } }
        let correlationID = details.removeValue(forKey: Self.correlationIDKey)?.description ?? ""
        var line = "[\(correlationID.isEmpty ? "---" : correlationID):\(level.name):\(time)] "
        line += event.message.description
        if let error = event.error { line += ": \(error)" }
        for (key, value) in details.sorted(by: { $0.key < $1.key }) { line += " \(key)=\(value)" }
        return line.escapingControls + "\n"
    }
}

extension String {
    /// With line feeds and other control characters written as escapes.
    fileprivate var escapingControls: String {
        // 0xC2 begins the controls U+0080 to U+009F, and some harmless characters.
        guard utf8.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == 0xC2 }) else { return self }
        var escaped = ""
        for scalar in unicodeScalars {
            let isControl = scalar.properties.generalCategory == .control
            escaped += isControl ? scalar.escaped(asASCII: true) : String(scalar)
        }
        return escaped
    }
}
