import Jobs
import Logging

/// Writes events as lines to the console: warnings and errors to standard error, the rest to
/// standard output.
///
/// All handlers follow the current level of the console, except loggers whose own level was set.
struct ConsoleLogHandler: LogHandler {
    static let correlationIDKey = LogRecord.correlationIDKey

    let label: String
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    private let shared: SharedLevel
    private var own: Logger.Level?
    private let format: LogFormat
    private let output: ConsoleOutput

    init(
        label: String = "jobs", level: SharedLevel = SharedLevel(), format: LogFormat = .text,
        output: ConsoleOutput = .standard
    ) {
        self.label = label
        shared = level
        self.format = format
        self.output = output
    }

    var logLevel: Logger.Level {
        // Off has no level here: use the highest one, and drop its events below.
        get { own ?? shared.level.threshold ?? .critical }
        set { own = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        guard own != nil || shared.level != .none else { return }
        let level = ConsoleLevel(event.level)
        let record = record(of: event, level: level, at: .now())
        output.write(format.line(for: record), level <= .warn ? .error : .output, format)
    }

    func record(of event: LogEvent, level: ConsoleLevel, at time: Timestamp) -> LogRecord {
        var details = metadata
        if let provided = metadataProvider?.get() { details.merge(provided) { $1 } }
        if let given = event.metadata { details.merge(given) { $1 } }
        return LogRecord(event, level: level, source: label, metadata: details, at: time)
    }
}
