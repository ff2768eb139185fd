extension Sequence {
    /// The results of items some of which are known already, with the others in the places of `nil`.
    /// - Parameter rest: the results of those that are not known, in order; asked for if there are any.
    package func filled<Value, Failure>(_ rest: () async throws -> [Result<Value, Failure>])
        async rethrows -> [Result<Value, Failure>] where Element == Result<Value, Failure>?
    {
        guard contains(where: { $0 == nil }) else { return compactMap(\.self) }
        var results = try await rest()[...]
        return map { $0 ?? results.removeFirst() }
    }
}
