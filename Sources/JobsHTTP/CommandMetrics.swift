import Metrics

/// What is counted of one command, under the names that the originals use.
struct CommandMetrics: Sendable {
    private let executions: Counter
    private let time: Timer
    private let errors: Counter

    /// - Parameter name: `<base route>.<command>`
    init(name: String) {
        executions = Counter(label: name + ".exec_count")
        time = Timer(label: name + ".exec_time")
        errors = Counter(label: name + ".exec_errors")
    }

    /// Runs `body` and records that and how it ran.
    /// - Parameter start: when the call began.
    func measure<Value>(since start: ContinuousClock.Instant, _ body: () async throws -> Value)
        async rethrows -> Value
    {
        executions.increment()
        defer { time.record(duration: start.duration(to: .now)) }
        do {
            return try await body()
        } catch {
            errors.increment()
            throw error
        }
    }
}
