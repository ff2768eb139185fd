extension Sequence {
    /// Returns the known results, with the results of `rest` in the places of `nil`.
    ///
    /// - Parameter rest: Returns the unknown results, in order. It is called if there are any.
    package func filled<Value, Failure>(_ rest: () async throws -> [Result<Value, Failure>])
        async rethrows -> [Result<Value, Failure>] where Element == Result<Value, Failure>?
    {
        guard contains(where: { $0 == nil }) else { return compactMap(\.self) }
        var results = try await rest()[...]
        return map { $0 ?? results.removeFirst() }
    }
}
