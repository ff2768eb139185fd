/// Waits until something is so, looking again every few milliseconds.
/// - Throws: ``TookTooLong`` when it is not so within `bound`.
func eventually(
    within bound: Duration = .seconds(20), _ isSo: () async throws -> Bool
) async throws {
    let clock = ContinuousClock()
    let end = clock.now + bound
    while try await !isSo() {
        guard clock.now < end else { throw TookTooLong() }
        try await clock.sleep(for: .milliseconds(10))
    }
}

struct TookTooLong: Error {}
