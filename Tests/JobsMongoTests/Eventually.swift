import Logging

/// Waits until there is something, looking again every few milliseconds.
/// - Throws: ``TookTooLong`` when there is nothing within `bound`.
func eventually<Value>(
    within bound: Duration = .seconds(20), _ find: () async throws -> Value?
) async throws -> Value {
    let end = ContinuousClock.now + bound
    while true {
        if let value = try await find() { return value }
        guard ContinuousClock.now < end else { throw TookTooLong() }
        try await Task.sleep(for: .milliseconds(10))
    }
}

struct TookTooLong: Error {}

extension Logger {
    /// For what a test does not look at.
    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}
