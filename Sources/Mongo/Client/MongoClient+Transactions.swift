public import BSON

extension MongoClient {
    /// Runs writes in one transaction: all of them take effect, or none. It holds its connection for as
    /// many round trips as there are writes, and one more.
    ///
    /// - Parameters:
    ///   - commands: writes of collections of one database, at least one.
    ///   - goesOn: called with the reply of each write, on the thread that waits for it; returns whether to
    ///     go on. If not, nothing takes effect.
    /// - Returns: whether the writes took effect.
    /// - Throws: ``MongoError``; nothing took effect unless it is of the kind `unknownOutcome`, which
    ///   concerns the commit. It has the label `TransientTransactionError` if another transaction was
    ///   writing the same documents. `CancellationError` as ``run(_:on:as:)``.
    public func runTogether(
        _ commands: [BSONDocument], on database: String,
        goesOn: @escaping @Sendable (BSONDocument) -> Bool
    ) async throws -> Bool {
        try await blocking(commands[0]) { pool in
            try pool.runTogether(commands, on: database, goesOn: goesOn)
        }
    }
}
