public import Jobs

/// The audit: what operators and administrators did.
extension JobsController {
    /// Keeps an entry of the audit.
    ///
    /// - Parameter entry: What was done. Its id and its time are set.
    /// - Returns: The entry as it is kept.
    @discardableResult
    public func record(_ entry: AuditEntry) async throws -> AuditEntry {
        var entry = entry
        entry.at = try await now()
        entry.id = recordIDs.next(at: entry.at)
        _ = try await persistence.records.write(.audit, entry.id, entry.json, over: nil)
        return entry
    }

    /// Returns entries of the audit, the newest first.
    ///
    /// The cost grows with the number of entries up to the last one that is returned, of which
    /// there are `AuditEntry/maximumCount` at most.
    public func audit(
        _ query: AuditQuery = AuditQuery(),
        where isVisible: @Sendable (AuditEntry) -> Bool = { _ in true }
    ) async throws -> [AuditEntry] {
        let limit = min(max(query.max, 0), AuditQuery.maximumCount)
        let starts = [
            query.after, query.to.map { RecordIDs.first(at: $0.advanced(by: Self.slack)) },
        ]
        var range = RecordRange(
            after: starts.compactMap(\.self).min(by: String.isOrderedByBytes),
            limit: Self.auditPage, isDescending: true)
        var found: [AuditEntry] = []
        while found.count < limit {
            try Task.checkCancellation()
            let page = try await persistence.records.records(of: .audit, range)
            let entries = page.compactMap { AuditEntry($0.value, id: $0.key) }
            found += entries.filter { query.includes($0) && isVisible($0) }
            let isBefore = entries.last.map { last in
                query.from.map { last.at.advanced(by: Self.slack) < $0 } ?? false
            }
            guard page.count == Self.auditPage, isBefore != true else { break }
            range.after = page.last?.key
        }
        return Array(found.prefix(limit))
    }

    /// How much the order of ids may differ from that of times, in milliseconds.
    private static let slack: Int64 = 10_000
    private static let auditPage = 500
}
