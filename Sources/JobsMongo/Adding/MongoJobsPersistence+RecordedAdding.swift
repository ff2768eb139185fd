import BSON
public import Jobs
import Mongo

extension MongoJobsPersistence {
    /// Adds jobs and writes a record in one transaction.
    ///
    /// The record is written first, so that of several instances all but one stop there. The jobs
    /// and the record need not be on one shard.
    public func add(_ addition: RecordedAddition) async throws -> RecordedJobs? {
        let now = try await collection.now()
        let jobs = addition.newJobs.map { Job($0, id: nextID(at: now), at: now) }
        let records = MongoRecords(of: collection)
        let insert = JobInsert(jobs, into: collection.name)
        if let refusal = insert.refusals.values.first { throw refusal }
        guard insert.end == jobs.count else {
            throw JobsError.refused(reason: "\(jobs.count) jobs are too large for one transaction")
        }
        let write = try records.writing(
            addition.kind, addition.key, addition.value(jobs.map(\.id)), over: addition.version)
        var commands = [write]
        if !jobs.isEmpty { commands.append(insert.command) }
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
    private static let tries = 20

    /// Runs a transaction that begins with the write of a record.
    ///
    /// - Returns: The record; `nil` if it has another version, with nothing done.
    fileprivate func runTogether(
        _ commands: [BSONDocument], _ records: MongoRecords, _ kind: RecordKind
    ) async throws -> Record? {
        for command in commands { try checkSize(of: command) }
        var tries = Self.tries
        while true {
            do {
                return try await client.transaction(on: database) { transaction in
                    let reply = try transaction.run(commands[0])
                    guard let document = reply["value"]?.document else { return nil }
                    for command in commands.dropFirst() { _ = try transaction.run(command) }
                    return Record(document, kind)
                }
            } catch let conflict as MongoConflict {
                tries -= 1
                guard tries > 0 else { throw JobsError.unavailable(reason: "\(conflict.error)") }
                // The other transaction is about to end. If it takes effect, the version changes.
                try await Task.sleep(for: .milliseconds(Int.random(in: 2...20)))
            } catch let error as MongoError where error.isLackOfTransactions {
                throw JobsError.unavailable(
                    reason: """
                        Schedules need transactions, which a standalone server has not: make it a \
                        replica set
                        """)
            } catch let error as MongoError {
                throw records.refusal(error)
            }
        }
    }
}
