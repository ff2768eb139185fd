import Logging
import Synchronization

/// What the container as a whole is logged with, as far as the start has come.
final class ContainerLog: Sendable {
    private struct State {
        var log: Logger
        var failures: Logger
        var hasStarted = false
    }

    private let state: Mutex<State>

    /// As it is before there is a configuration.
    init() {
        var log = Logger(label: "jobs") { _ in ConsoleLogHandler() }
        log[metadataKey: ConsoleLogHandler.correlationIDKey] = "jobs"
        state = Mutex(State(log: log, failures: log))
    }

    /// Goes on as the configuration says.
    func use(_ log: Logger, name: String, format: LogFormat) {
        // At every level: why there is no service must not be a riddle.
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
