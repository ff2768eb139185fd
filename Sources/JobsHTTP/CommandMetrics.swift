import Metrics

/// What is counted of one command, under the names that the originals use, and under one of ours.
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

    /// Runs `body` and records that and how it ran.
    /// - Parameter start: when the call began.
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
