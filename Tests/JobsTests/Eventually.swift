import Testing

/// Waits for what happens in another task, with a bound far beyond what it takes.
func eventually(_ condition: () -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(20)
    while !condition() {
        try #require(ContinuousClock.now < end, "what was waited for did not happen")
        try await Task.sleep(for: .milliseconds(1))
    }
}
