import BSON
import Jobs
public import Mongo

/// Turns a collection of the older service in Dart into the form that this service works on.
///
/// Goes through the collection in the order of ids, in batches, and changes each document in one
/// step, unless it has changed since it was read; such are looked at again. So it can be interrupted
/// and repeated at any time, and run beside this service. Documents that are in the right form, and
/// fields that nobody knows, stay as they are.
public struct JobsMigration: Sendable {
    public struct Report: Sendable, Equatable {
        /// Documents that were migrated, or would be.
        public var migrated = 0
        /// Documents that cannot be understood, and were left alone.
        public var odd = 0
        /// The first few of those: their ids, and why.
        public var examples: [String] = []
    }

    private let collection: JobCollection
    private let batchSize: Int

    private static let mostExamples = 5

    /// - Parameter batchSize: how many documents are changed by one command.
    public init(
        client: MongoClient, database: String, collection: String, batchSize: Int = 500
    ) {
        self.collection = JobCollection(client: client, database: database, name: collection)
        self.batchSize = batchSize
    }

    /// - Parameters:
    ///   - isDryRun: counts, and changes nothing.
    ///   - progress: called after each batch with what was done so far.
    /// - Throws: ``JobsError/unavailable(reason:)`` and what else the database refuses;
    ///   `CancellationError` between two batches.
    public func run(isDryRun: Bool, progress: (Report) -> Void = { _ in }) async throws -> Report {
        var report = Report()
        repeat {
            // What is odd is met again each time.
            report.odd = 0
            report.examples = []
        } while try await !pass(isDryRun, &report, progress)
        return report
    }

    /// Goes through the collection once.
    /// - Returns: whether nothing has changed between the reading of a document and its writing.
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
                let changed = try await collection.updateEach(steps.map(\.statement))
                report.migrated += changed
                if changed < steps.count { isUndisturbed = false }
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
            report.odd += 1
            if report.examples.count < Self.mostExamples {
                report.examples.append("\(JobDocument(document).job.id): \(error.reason)")
            }
            return nil
        }
    }

    /// The next documents that have something to be migrated.
    private func next(after last: BSONValue?) async throws -> [BSONDocument] {
        var query = DocumentMigration.needed
        if let last { query = ["$and": [query, ["_id": ["$ne": .value(last)]]]] }
        return try await collection.find(
            query, sort: ["_id": 1], limit: batchSize, projection: DocumentMigration.projection,
            hint: JobIndexes.id, from: last.map { ["_id": .value($0)] })
    }
}

extension JobCollection {
    /// Carries out update statements, each of which is for one document.
    /// - Returns: how many documents they found.
    fileprivate func updateEach(_ statements: [BSONLiteral]) async throws -> Int {
        let command = BSONDocument(capacity: 1024 * statements.count) { command in
            command.append("update", name)
            command.array("updates") { array in
                for statement in statements { array.append(statement) }
            }
            command.append("ordered", false)
        }
        return Int(try await run(command, as: .retryableWrite)["n"]?.integer ?? 0)
    }
}
