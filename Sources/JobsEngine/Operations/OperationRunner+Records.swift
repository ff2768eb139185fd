import Jobs
import Logging

/// The log and the audit of a runner, and the removal of outdated records.
extension OperationRunner {
    /// How long operations are kept, in milliseconds.
    private static let lifetime: Int64 = 7 * 86_400_000
    /// The maximum number of operations that are kept.
    private static let maximumCount = 1000
    /// The number of records that are removed at a time.
    private static let slice = 500

    /// Writes the end of an operation to the log and to the audit.
    func tell(_ operation: BulkOperation) async {
        let entry = AuditEntry(endOf: operation)
        logger.info("Audit: \(entry.command)", metadata: entry.metadata)
        do {
            _ = try await controller.record(entry)
        } catch {
            logger.error(
                "Failed to keep an entry of the audit", error: error, metadata: entry.metadata)
        }
    }

    /// Removes outdated records every few minutes, in slices.
    func clear(_ state: inout State) async {
        guard state.nextClearing <= .now else { return }
        state.nextClearing = .now + settings.clearInterval
        do {
            let queue = OpenOperations(
                try await records.record(.work, OpenOperations.key)?.value)
            try await clear(
                .operation, keeping: Self.maximumCount, for: Self.lifetime,
                sparing: Set(queue.entries.map(\.id)))
            try await clear(.audit, keeping: AuditEntry.maximumCount, for: AuditEntry.lifetime)
        } catch {
            // They stay until the next time.
            if !Task.isCancelled { logger.debug("Failed to remove records", error: error) }
        }
    }

    private func clear(
        _ kind: RecordKind, keeping maximum: Int, for lifetime: Int64,
        sparing spared: Set<String> = []
    ) async throws {
        let first = RecordIDs.first(at: try await controller.now().advanced(by: -lifetime))
        while true {
            let excess = try await records.count(of: kind) - maximum
            let keys = try await records.records(of: kind, RecordRange(limit: Self.slice)).map(
                \.key)
            let outdated = keys.enumerated().filter { place, key in
                place < excess || key.utf8.lexicographicallyPrecedes(first.utf8)
            }.map(\.element).filter { !spared.contains($0) }
            try await records.remove(kind, outdated)
            guard outdated.count == Self.slice else { return }
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}

extension AuditEntry {
    /// The entry of the end of an operation.
    fileprivate init(endOf operation: BulkOperation) {
        self.init(command: "end_operation", outcome: operation.state.rawValue)
        operationID = operation.id
        action = operation.action.rawValue
        type = operation.filter.type
        jobs = operation.done
        skipped = operation.skipped
        errors = operation.errors
        reason = operation.lastError
    }

    fileprivate var metadata: Logger.Metadata {
        var metadata: Logger.Metadata = ["command": "\(command)", "outcome": "\(outcome)"]
        if let operationID { metadata["operation_id"] = "\(operationID)" }
        if let action { metadata["action"] = "\(action)" }
        if let type { metadata["type"] = "\(type)" }
        if let jobs { metadata["jobs"] = "\(jobs)" }
        if let skipped { metadata["skipped"] = "\(skipped)" }
        if let errors { metadata["errors"] = "\(errors)" }
        return metadata
    }
}
