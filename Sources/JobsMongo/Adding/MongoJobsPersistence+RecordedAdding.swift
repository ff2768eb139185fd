import BSON
public import Jobs
import Mongo
import Synchronization

extension MongoJobsPersistence {
    /// Adds jobs and writes a record in one transaction.
    ///
    /// The record is written first, so that of several instances all but one stop there. The jobs and
    /// the record need not be on one shard.
    public func add(_ addition: RecordedAddition) async throws -> RecordedJobs? {
        let now = try await collection.now()
        let jobs = addition.newJobs.map { Job($0, id: nextID(at: now), at: now) }
        let records = MongoRecords(of: collection)
        let documents = try jobs.map { try JobDocument.new($0) }
        let write = try records.writing(
            addition.kind, addition.key, addition.value(jobs.map(\.id)), over: addition.version)
        var commands = [write]
        if !documents.isEmpty { commands.append(collection.inserting(documents[...])) }
        guard let record = try await collection.runTogether(commands, records, addition.kind) else {
            return nil
        }
        for job in jobs {
            observer.observe(.added(job))
            noteDue(job)
        }
        return RecordedJobs(jobs: jobs, record: record)
    }
}

extension JobCollection {
    /// How often a transaction is tried that met another one.
    private static let tries = 5

    /// Runs a transaction that begins with the write of a record.
    ///
    /// - Returns: The record; `nil` if it has another version, with nothing done.
    fileprivate func runTogether(
        _ commands: [BSONDocument], _ records: MongoRecords, _ kind: RecordKind
    ) async throws -> Record? {
        for command in commands { try checkSize(of: command) }
        var tries = Self.tries
        while true {
            tries -= 1
            let found = FoundRecord()
            do {
                let isDone = try await client.runTogether(commands, on: database) { reply in
                    if let document = reply["value"]?.document {
                        found.record = Record(document, kind)
                    }
                    return found.record != nil
                }
                return isDone ? found.record : nil
            } catch let error as MongoError {
                let isMet = error.labels.contains("TransientTransactionError")
                guard isMet, tries > 0, error.code == Self.writeConflict else {
                    throw records.refusal(error)
                }
                // The other one is about to end. If it takes effect, the version is another then.
                try await Task.sleep(for: .milliseconds(Int.random(in: 2...20)))
            }
        }
    }

    private static let writeConflict = 112
}

/// The record that a reply of a transaction has shown.
private final class FoundRecord: Sendable {
    private let state = Mutex<Record?>(nil)

    var record: Record? {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}
