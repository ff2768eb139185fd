import BSON
import Jobs
import Mongo

/// The turn of one instance at a turnstile, for some milliseconds.
struct Gate: Sendable {
    /// The `_id` of the turnstile.
    let id: String
    /// The token of the turn, which shows whether the turn was lost.
    let token: String
    let milliseconds: Int64
    let records: JobCollection

    enum Taken {
        case free(Turnstile)
        /// Another call has the turn.
        case taken(token: String?)
        /// There is no turnstile.
        case missing
    }

    /// Takes the turn, and ends the transaction of an instance that has not left its own.
    func take(in transaction: MongoTransaction) throws -> Taken {
        let command = BSONDocument([
            "findAndModify": .string(records.name),
            "query": ["_id": .string(id)],
            "update": Turnstile.take(token, transaction.sessionID, for: milliseconds),
            "new": true, "fields": Turnstile.shown, "maxTimeMS": .int(Self.patience),
            "writeConcern": ["w": 1],
        ])
        do {
            let reply = try transaction.runApart(command)
            guard let document = reply["value"]?.document else { return .missing }
            let turnstile = Turnstile(document)
            guard turnstile.token == token else { return .taken(token: turnstile.token) }
            if let session = turnstile.formerSession { end(session, in: transaction) }
            return .free(turnstile)
        } catch let error as MongoError where error.code == 50 {
            // The transaction of a turn has written the turnstile and not ended.
            try endLapsed(in: transaction)
            return .taken(token: nil)
        }
    }

    /// Ends the transaction that has not ended in time.
    private func endLapsed(in transaction: MongoTransaction) throws {
        let lapsed: BSONLiteral = ["_id": .string(id), "$expr": Turnstile.isFree]
        let gate = try read(lapsed, in: transaction)?["gate"]?.document
        if let session = gate?["session"]?.binary { end(session, in: transaction) }
    }

    private func read(_ query: BSONLiteral, in transaction: MongoTransaction) throws
        -> BSONDocument?
    {
        try transaction.runApart(
            BSONDocument([
                "find": .string(records.name), "filter": query, "limit": 1,
                "projection": ["gate": 1], "maxTimeMS": .int(Self.patience),
            ])
        ).batch.first
    }

    /// Ends the transaction of another instance, which the server would otherwise keep for a minute
    /// if its client is gone.
    private func end(_ session: BSONBinary, in transaction: MongoTransaction) {
        // Without it, this turn fails as long as the other transaction is open.
        _ = try? transaction.runApart(
            BSONDocument(["killSessions": [["id": .value(session)]]]), on: "admin")
    }

    /// Leaves the turn as the last part of the transaction.
    ///
    /// - Throws: ``TurnIsLost`` if another instance has taken it.
    func leave(_ starts: StartTimes?, in transaction: MongoTransaction) throws {
        var change: [BSONLiteral.Member] = [
            .init(key: "$unset", value: ["gate": 1, "former": 1]),
            .init(key: "$inc", value: ["turn": .int(1)]),
        ]
        if let starts { change.append(.init(key: "$set", value: ["starts": starts.literal])) }
        let reply = try transaction.run(update(.document(change), concern: nil))
        guard reply["n"]?.integer == 1 else { throw TurnIsLost() }
    }

    /// Leaves the turn without a change.
    func release(in transaction: MongoTransaction) throws {
        _ = try transaction.runApart(releasing)
    }

    /// The command that leaves the turn.
    var releasing: BSONDocument {
        update(["$unset": ["gate": 1, "former": 1]], concern: ["w": 1])
    }

    /// Records that all leases have their places.
    func note(marked version: Int64, in transaction: MongoTransaction) throws {
        _ = try transaction.runApart(
            update(["$set": ["marked": .int(version)]], concern: ["w": 1]))
    }

    private func update(_ change: BSONLiteral, concern: BSONLiteral?) -> BSONDocument {
        BSONDocument(capacity: 512) { command in
            command.append("update", records.name)
            let query: BSONLiteral = ["_id": .string(id), "gate.token": .string(token)]
            command.append("updates", [["q": query, "u": change]] as BSONLiteral)
            if let concern {
                command.append("maxTimeMS", Self.patience)
                command.append("writeConcern", concern)
            }
        }
    }

    /// The maximum time of a command on the turnstile, in milliseconds, which may wait for a
    /// transaction.
    private static let patience: Int64 = 300
}
