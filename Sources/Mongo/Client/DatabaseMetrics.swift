import BSON
import Metrics
internal import Synchronization

/// Metrics of the commands sent to the servers, by command name.
///
/// The time counts from taking a connection to the last reply, without the wait for a connection.
final class DatabaseMetrics: Sendable {
    private let factory = MetricsSystem.factory
    private let timers = Mutex<[String: Timer]>([:])
    private let errors = Mutex<[String: Counter]>([:])

    /// Times a closure.
    struct Stopwatch: Sendable {
        fileprivate let timer: Timer

        func callAsFunction<Value>(_ send: () throws -> Value) rethrows -> Value {
            let start = ContinuousClock.now
            defer { timer.record(duration: start.duration(to: .now)) }
            return try send()
        }
    }

    /// Runs a closure that sends a command, and that has to pass the sending itself to the
    /// stopwatch.
    func measure<Value: Sendable>(
        _ command: BSONDocument, _ body: (Stopwatch) async throws -> Value
    ) async throws -> Value {
        let name = command.first { _ in true }?.key ?? ""
        do {
            return try await body(Stopwatch(timer: timer(of: name)))
        } catch {
            if let error = error as? MongoError { count(error, of: name) }
            throw error
        }
    }

    private func timer(of name: String) -> Timer {
        timers.withLock { timers in
            if let known = timers[name] { return known }
            let new = Timer(
                label: "mongo_command_seconds", dimensions: [("command", name)], factory: factory)
            timers[name] = new
            return new
        }
    }

    private func count(_ error: MongoError, of name: String) {
        let kind = error.kind.name
        let counter = errors.withLock { errors in
            let known = errors["\(name) \(kind)"]
            let counter =
                known
                ?? Counter(
                    label: "mongo_command_errors_total",
                    dimensions: [("command", name), ("kind", kind)], factory: factory)
            errors["\(name) \(kind)"] = counter
            return counter
        }
        counter.increment()
    }
}

extension MongoError.Kind {
    fileprivate var name: String {
        switch self {
        case .duplicateKey: "duplicate_key"
        case .unreachable: "unreachable"
        case .notPrimary: "not_primary"
        case .timedOut: "timed_out"
        case .unknownOutcome: "unknown_outcome"
        case .refused: "refused"
        case .notAuthenticated: "not_authenticated"
        case .badURI: "bad_uri"
        case .overloaded: "overloaded"
        case .closed: "closed"
        case .other: "other"
        }
    }
}
