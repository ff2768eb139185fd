import BSON
import Jobs
public import Mongo

/// The migration of a collection of the older service in Dart to the format of this service.
///
/// The migration visits the collection in the order of ids, in batches. It changes each document in
/// one step, unless the document has changed since it was read; such a document is read again. So
/// the migration can be interrupted and repeated at any time, and run while this service runs.
/// Documents in the right format and unknown fields stay unchanged.
public struct JobsMigration: Sendable {
    public struct Report: Sendable, Equatable {
        /// The number of documents that were migrated, or that a dry run would migrate.
        public var migrated = 0
        /// The number of documents that cannot be migrated, or that the database refuses to change.
        /// They were not changed.
        public var odd = 0
        /// The ids of the first few of those documents, with the reasons.
        public var examples: [String] = []

        private static let mostExamples = 5

        fileprivate mutating func addOdd(_ id: JobID, _ reason: String) {
            odd += 1
            if examples.count < Self.mostExamples { examples.append("\(id): \(reason)") }
        }
    }

    private let collection: JobCollection
    private let batchSize: Int

    /// Creates a migration.
    ///
    /// - Parameter batchSize: The maximum number of documents that one command changes.
    public init(
        client: MongoClient, database: String, collection: String, batchSize: Int = 500
    ) {
        self.collection = JobCollection(client: client, database: database, name: collection)
        self.batchSize = batchSize
    }

    /// Migrates the collection.
    ///
    /// - Parameters:
    ///   - isDryRun: Whether to count the documents without changing them.
    ///   - progress: Called after each batch with the numbers so far.
    /// - Throws: ``JobsError/unavailable(reason:)`` and other errors of the database;
    ///   `CancellationError` between two batches.
    public func run(isDryRun: Bool, progress: (Report) -> Void = { _ in }) async throws -> Report {
        var report = Report()
        repeat {
            // Every pass finds the odd documents again.
            report.odd = 0
            report.examples = []
        } while try await !pass(isDryRun, &report, progress)
        return report
    }

    /// Visits the collection once.
    ///
    /// - Returns: Whether no document has changed between its read and its update.
    private func pass(_ isDryRun: Bool, _ report: inout Report, _ progress: (Report) -> Void)
        async throws -> Bool
    {
        var isUndisturbed = true
        var last: BSONValue?
        while true {
            try Task.checkCancellation()
            let found = try await next(after: last)
            guard let end = found.last?["_id"] else { return isUndisturbed }
            last = end
            let steps = found.compactMap { migration(of: $0, &report) }
            if isDryRun {
                report.migrated += steps.count
            } else if !steps.isEmpty {
                let (changed, refused) = try await collection.updateEach(steps.map(\.statement))
                report.migrated += changed
                for (place, reason) in refused.sorted(by: { $0.key < $1.key }) {
                    report.addOdd(steps[place].id.jobID, reason)
                }
                if changed + refused.count < steps.count { isUndisturbed = false }
            }
            progress(report)
        }
    }

    private func migration(of document: BSONDocument, _ report: inout Report)
        -> DocumentMigration?
    {
        do {
            return try DocumentMigration(document)
        } catch {
            report.addOdd(JobDocument(document).job.id, error.reason)
            return nil
        }
    }

    /// Returns the next documents that need a migration.
    private func next(after last: BSONValue?) async throws -> [BSONDocument] {
        var query = DocumentMigration.needed
        if let last { query = ["$and": [query, ["_id": ["$ne": .value(last)]]]] }
        return try await collection.find(
            query, sort: ["_id": 1], limit: batchSize, projection: DocumentMigration.projection,
            hint: JobIndexes.id, from: last.map { ["_id": .value($0)] })
    }
}

extension JobCollection {
    /// Runs update statements, each for one document.
    ///
    /// - Returns: The number of matched documents that were changed, and the statements that the
    ///   database refuses for good, by their index, with the reasons.
    fileprivate func updateEach(_ statements: [BSONLiteral]) async throws
        -> (changed: Int, refused: [Int: String])
    {
        let command = BSONDocument(capacity: 1024 * statements.count) { command in
            command.append("update", name)
            command.array("updates") { array in
                for statement in statements { array.append(statement) }
            }
            command.append("ordered", false)
        }
        do {
            let reply = try await send(command, as: .retryableWrite)
            return (Int(reply["n"]?.integer ?? 0), [:])
        } catch let error as MongoError {
            let isWritten = error.reply?["writeConcernError"] == nil
            guard isWritten, !error.writeErrors.isEmpty else { throw error.asJobsError }
            var refused: [Int: String] = [:]
            for failed in error.writeErrors where statements.indices.contains(failed.index) {
                guard case .refused(let reason) = failed.asJobsError else {
                    throw failed.asJobsError
                }
                refused[failed.index] = reason
            }
            return (Int(error.reply?["n"]?.integer ?? 0), refused)
        }
    }
}
