import BSON
import Jobs
import Mongo

/// One turn at the turnstile of a type: the commands of one transaction. Its methods block.
final class Turn {
    let turnstile: Turnstile
    let limits: TypeLimits
    private let jobs: JobCollection
    private let transaction: MongoTransaction
    /// Whether the turn has changed anything, so that it has to be committed.
    private(set) var hasChanged = false
    /// The times of the starts after the turn; `nil` if they are unchanged.
    private(set) var starts: StartTimes?

    init(
        _ turnstile: Turnstile, _ limits: TypeLimits, jobs: JobCollection,
        in transaction: MongoTransaction
    ) {
        self.turnstile = turnstile
        self.limits = limits
        self.jobs = jobs
        self.transaction = transaction
    }

    var now: Timestamp { turnstile.now }

    /// Counts starts for the maximum number of starts, if there is one.
    func count(_ started: [StartedJob]) {
        guard let rate = limits.maxStarts, let time = started.compactMap(\.job.started).max() else {
            return
        }
        var starts = starts ?? turnstile.starts
        starts.add(started.count, rate, at: time)
        self.starts = starts
    }

    /// The number of further starts that the maximum number of starts allows.
    var roomOfRate: Int {
        limits.maxStarts.map { (starts ?? turnstile.starts).room($0, at: now) } ?? .max
    }

    /// When the maximum number of starts allows another one; `nil` if it does now, or if there is
    /// none.
    var nextRoomOfRate: Timestamp? {
        limits.maxStarts.flatMap { (starts ?? turnstile.starts).nextRoom($0, at: now) }
    }

    // MARK: Commands

    /// The number of live leases of a type, at most `limit`.
    func running(_ type: String, upTo limit: Int) throws -> Int {
        let reply = try run(
            aggregate([
                ["$match": Slot.live([Slot.of(type: type)], at: now)],
                ["$limit": .int(Int64(max(limit, 1)))],
                ["$count": "count"],
            ]))
        return Int(clamping: reply.batch.first?["count"]?.integer ?? 0)
    }

    /// The number of live leases of each of some groups; those without one are left out.
    func running(_ type: String, inGroups groups: [String]) throws -> [ExactText: Int] {
        guard !groups.isEmpty else { return [:] }
        let slots = groups.map { Slot.of(type: type, group: $0) }
        let reply = try run(
            aggregate([
                ["$match": Slot.live(slots, at: now)],
                ["$group": ["_id": "$group", "count": ["$sum": 1]]],
            ]))
        return reply.batch.reduce(into: [:]) { counts, row in
            guard let group = row["_id"]?.string else { return }
            counts[ExactText(group)] = Int(clamping: row["count"]?.integer ?? 0)
        }
    }

    private func aggregate(_ stages: BSONLiteral) -> BSONDocument {
        BSONDocument(capacity: 512) { command in
            command.append("aggregate", jobs.name)
            command.append("pipeline", stages)
            // One row for each group at most.
            command.document("cursor") {
                $0.append("batchSize", Int64(LimitedTypes.mostCandidates) + 1)
            }
            command.append(JobIndexes.slot, in: jobs.indexes)
            command.append("maxTimeMS", Self.patience)
        }
    }

    func find(
        _ query: BSONLiteral, sort: BSONLiteral? = nil, limit: Int,
        projection: BSONLiteral? = nil, hint: JobIndexes.Index? = nil
    ) throws -> [BSONDocument] {
        let reply = try run(
            BSONDocument(capacity: 1024) { command in
                command.append("find", jobs.name)
                command.append("filter", query)
                if let sort { command.append("sort", sort) }
                if let projection { command.append("projection", projection) }
                command.append(hint, in: jobs.indexes)
                command.append("limit", Int64(limit))
                command.append("batchSize", Int64(limit) + 1)
                command.append("maxTimeMS", Self.patience)
            })
        // Large jobs may need several replies. Those beyond the first one are left for other turns.
        return reply.batch
    }

    /// Changes a job with a pipeline.
    ///
    /// - Returns: The document after the change; `nil` if there is none.
    func findAndModify(_ query: BSONLiteral, update: BSONLiteral) throws -> JobDocument? {
        hasChanged = true
        return try run(
            jobs.findAndModifyCommand(query, update: update, hint: JobIndexes.id))["value"]?
            .document.map { JobDocument($0) }
    }

    /// Changes jobs, which the query finds by their ids.
    func update(_ query: BSONLiteral, _ pipeline: BSONLiteral) throws {
        hasChanged = true
        _ = try run(
            BSONDocument(capacity: 2048) { command in
                command.append("update", jobs.name)
                command.append(
                    "updates",
                    [
                        [
                            "q": query, "u": pipeline, "multi": true,
                            "hint": .string(JobIndexes.id.name),
                        ]
                    ] as BSONLiteral)
            })
    }

    private func run(_ command: BSONDocument) throws -> BSONDocument {
        do {
            return try transaction.run(command)
        } catch let error as MongoError where error.tellsOfHint {
            guard let hint = command.hint, hint != JobIndexes.id.name else { throw error }
            jobs.indexes.fellBack(hint)
            throw TurnIsLost()
        }
    }

    /// The maximum time of a read, in milliseconds.
    private static let patience: Int64 = 5000
}

/// The error of a turn that has to be repeated, because another instance has taken it or because a
/// command cannot be used as it is.
struct TurnIsLost: Error {}
