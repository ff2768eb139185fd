import Metrics

/// The metrics of one command: those of the original services, and one of this service.
struct CommandMetrics: Sendable {
    private let executions: Counter
    private let time: Timer
    private let errors: Counter
    private let seconds: Timer

    init(service: String, command: String) {
        let name = "\(service).\(command)"
        executions = Counter(label: name + ".exec_count")
        time = Timer(label: name + ".exec_time")
        errors = Counter(label: name + ".exec_errors")
        seconds = Timer(label: "jobs_command_seconds", dimensions: [("command", command)])
    }

    /// Runs `body` and records the call, its duration and its outcome.
    /// - Parameter start: The start of the call.
    func measure<Value>(since start: ContinuousClock.Instant, _ body: () async throws -> Value)
        async rethrows -> Value
    {
        executions.increment()
        defer {
            let duration = start.duration(to: .now)
            time.record(duration: duration)
            seconds.record(duration: duration)
        }
        do {
            return try await body()
        } catch {
            errors.increment()
            throw error
        }
    }
}
