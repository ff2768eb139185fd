import Logging
import Synchronization

/// Logs the start and the end of the container, before and after its logging is configured.
final class ContainerLog: Sendable {
    private struct State {
        var log: Logger
        var failures: Logger
        var hasStarted = false
    }

    private let state: Mutex<State>

    /// Creates the log as it is before the configuration is read.
    init() {
        var log = Logger(label: "jobs") { _ in ConsoleLogHandler() }
        log[metadataKey: ConsoleLogHandler.correlationIDKey] = "jobs"
        state = Mutex(State(log: log, failures: log))
    }

    /// Applies the logging of the configuration.
    func use(_ log: Logger, name: String, format: LogFormat) {
        // Failures are logged at every level, so that it is clear why the service does not run.
        var failures = Logger(label: name) { ConsoleLogHandler(label: $0, format: format) }
        failures[metadataKey: ConsoleLogHandler.correlationIDKey] = "\(name)"
        state.withLock {
            $0.log = log
            $0.failures = failures
        }
    }

    func started(_ name: String) {
        let log = state.withLock {
            $0.hasStarted = true
            return $0.log
        }
        log.info("Container \(name) started.")
    }

    func stopped() {
        state.withLock { $0.log }.info("Goodbye!")
    }

    func failed(_ error: any Error) {
        let (log, hasStarted) = state.withLock { ($0.failures, $0.hasStarted) }
        log.critical(
            hasStarted ? "Container failed" : "Failed to start container", error: error)
    }
}
