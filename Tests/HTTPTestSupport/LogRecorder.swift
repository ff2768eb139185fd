package import Logging
import Synchronization

/// Records log lines for tests.
package final class LogRecorder: Sendable {
    package struct Line: Sendable {
        package let level: Logger.Level
        package let message: String
        package let error: String?
        package let correlationID: String?
        package let metadata: [String: String]
    }

    private let recorded = Mutex<[Line]>([])
    private let level: Logger.Level

    package init(level: Logger.Level = .trace) {
        self.level = level
    }

    package var lines: [Line] { recorded.withLock { $0 } }

    package var logger: Logger {
        Logger(label: "test") { _ in Handler(recorder: self, logLevel: level) }
    }

    private struct Handler: LogHandler {
        let recorder: LogRecorder
        var logLevel: Logger.Level
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let line = Line(
                level: event.level, message: event.message.description,
                error: event.error.map { "\($0)" },
                correlationID: event.metadata?["correlation_id"]?.description,
                metadata: (event.metadata ?? [:]).mapValues(\.description))
            recorder.recorded.withLock { $0.append(line) }
        }
    }
}
