/// Waits until something is so, looking again every few milliseconds.
/// - Throws: ``TookTooLong`` when it is not so within `bound`.
func eventually(
    within bound: Duration = .seconds(20), _ isSo: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + bound
    while try await !isSo() {
        guard ContinuousClock.now < end else { throw TookTooLong() }
        try await Task.sleep(for: .milliseconds(5))
    }
}

struct TookTooLong: Error {}
