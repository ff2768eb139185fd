/// Waits until something is so, looking again every few milliseconds.
/// - Parameter bound: far beyond what it takes.
/// - Throws: ``TookTooLong`` when it is not so within `bound`.
public func eventually(
    within bound: Duration = .seconds(20), _ isSo: () async throws -> Bool
) async throws {
    _ = try await eventually(within: bound) { try await isSo() ? true : nil }
}

/// Waits until there is something, looking again every few milliseconds.
/// - Throws: ``TookTooLong`` when there is nothing within `bound`.
public func eventually<Value>(
    within bound: Duration = .seconds(20), _ find: () async throws -> Value?
) async throws -> Value {
    let end = ContinuousClock.now + bound
    while true {
        if let value = try await find() { return value }
        guard ContinuousClock.now < end else { throw TookTooLong() }
        try await Task.sleep(for: .milliseconds(5))
    }
}

public struct TookTooLong: Error {}
