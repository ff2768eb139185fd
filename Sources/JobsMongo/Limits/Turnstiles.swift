import BSON
import Jobs
import Mongo

/// Lets the claims of limited types take turns over all instances.
///
/// An instance takes the turn by writing its gate into the turnstile, which another one takes over
/// when it has lapsed. Then a transaction counts leases and starts jobs, and leaves the turn in the
/// same step: it fails if another instance has the turn by then. So an instance that stops in its
/// turn, for however long, delays the others by the duration of a gate, and can do nothing
/// afterwards.
struct Turnstiles: Sendable {
    let jobs: JobCollection
    let records: JobCollection
    /// The tag of this instance, with which its tokens begin.
    let tag: String

    /// How a turn has ended.
    enum Outcome<Value: Sendable>: Sendable {
        case done(Value)
        /// The type has no limits.
        case noLimits
    }

    private enum Step<Value: Sendable>: Sendable {
        case done(Value)
        case noLimits
        /// Another call has the turn.
        case taken(token: String?)
    }

    /// How long a turn lasts at most, in milliseconds, and if the turns before were too short.
    private static let duration: Int64 = 500
    private static let longestDuration: Int64 = 8000
    /// How long a call waits for its turn.
    private static let patience = Duration.seconds(10)

    /// Takes a turn, and repeats it if it is lost.
    ///
    /// - Parameters:
    ///   - limited: Knows when the leases of the type were marked last.
    ///   - body: Counts and starts jobs, on the thread of the transaction. It may run several
    ///     times.
    /// - Throws: `JobsError`; nothing was done, or it is not known whether the turn took effect.
    func turn<Value: Sendable>(
        of type: String, _ limited: LimitedTypes,
        _ body: @escaping @Sendable (Turn) throws -> Value
    ) async throws -> Outcome<Value> {
        let begun = ContinuousClock.now
        var duration = Self.duration
        limited.waits(type, true)
        defer { limited.waits(type, false) }
        // Otherwise an instance that has just left its turn would be the first to take the next
        // one.
        if limited.isShared(type) { try await Self.pause(after: .zero, among: 1) }
        while true {
            let token = tag + LockToken.random().description
            do {
                let gate = Gate(
                    id: MongoRecords.id(.type, type), token: token, milliseconds: duration,
                    records: records)
                let step = try await jobs.client.transaction(on: jobs.database) {
                    try take(gate, of: type, limited, $0, body)
                }
                switch step {
                case .done(let value): return .done(value)
                case .noLimits: return .noLimits
                case .taken(let token):
                    if token?.hasPrefix(tag) == false { limited.metOthers(type) }
                case nil: break
                }
            } catch is MongoConflict {
                await release(type, token)
                duration = min(duration * 2, Self.longestDuration)
            } catch is TurnIsLost {
                duration = min(duration * 2, Self.longestDuration)
            } catch let error as MongoError {
                await release(type, token)
                throw error.isLackOfTransactions ? Self.lackOfTransactions(type) : error.asJobsError
            }
            let waited = begun.duration(to: .now)
            guard waited < Self.patience else {
                throw JobsError.unavailable(
                    reason: "Other claims of the limited type '\(type)' take too long")
            }
            try await Self.pause(after: waited, among: limited.waiting(type))
        }
    }

    /// Waits until the turn is tried for again. The longer an instance has waited, the more often
    /// it tries, so that it gets its turn before those that came later.
    ///
    /// - Parameter count: The number of calls of this process that wait, which together try as
    ///   often as one.
    private static func pause(after waited: Duration, among count: Int) async throws {
        let milliseconds: Double =
            switch waited {
            case ..<Duration.milliseconds(50): 10
            case ..<Duration.milliseconds(200): 5
            default: 2.5
            }
        let pause = min(milliseconds * Double(max(count, 1)), longestPause)
        try await Task.sleep(for: .milliseconds(pause * Double.random(in: 0.5...1.5)))
    }

    /// The longest pause on average, in milliseconds.
    private static let longestPause = 100.0

    private static func lackOfTransactions(_ type: String) -> JobsError {
        .unavailable(
            reason: """
                The type '\(type)' has limits, for which the database needs transactions: \
                a standalone server has none, make it a replica set
                """)
    }

    private func take<Value: Sendable>(
        _ gate: Gate, of type: String, _ limited: LimitedTypes, _ transaction: MongoTransaction,
        _ body: (Turn) throws -> Value
    ) throws -> Step<Value> {
        switch try gate.take(in: transaction) {
        case .missing: return .noLimits
        case .taken(let token): return .taken(token: token)
        case .free(let turnstile):
            do {
                guard let limits = turnstile.limits else {
                    try? gate.release(in: transaction)
                    return .noLimits
                }
                try mark(turnstile, type, gate, limited, transaction)
                let turn = Turn(turnstile, limits, jobs: jobs, in: transaction)
                let value = try body(turn)
                if turn.hasChanged {
                    try gate.leave(turn.starts, in: transaction)
                } else {
                    transaction.abort()
                    try? gate.release(in: transaction)
                }
                return .done(value)
            } catch {
                transaction.abort()
                try? gate.release(in: transaction)
                throw error
            }
        }
    }

    /// Gives the live leases their places that instances have begun without knowing of the limits.
    private func mark(
        _ turnstile: Turnstile, _ type: String, _ gate: Gate, _ limited: LimitedTypes,
        _ transaction: MongoTransaction
    ) throws {
        guard turnstile.needsMarks, limited.mayMark(type, turnstile.version) else { return }
        let start = ContinuousClock.now
        _ = try transaction.runApart(
            BSONDocument { command in
                command.append("update", jobs.name)
                command.array("updates") { updates in
                    updates.document { statement in
                        statement.append("q", Slot.missing(type, at: turnstile.now))
                        statement.append("u", [["$set": ["slot": Slot.ofJob]]] as BSONLiteral)
                        statement.append("multi", true)
                        statement.append(JobIndexes.claim, in: jobs.indexes)
                    }
                }
                command.append("writeConcern", ["w": "majority"] as BSONLiteral)
            })
        limited.marked(type, turnstile.version, took: start.duration(to: .now))
        if turnstile.isKnown { try gate.note(marked: turnstile.version, in: transaction) }
    }

    /// Gives the turn back after a commit that failed. Otherwise the gate lapses.
    private func release(_ type: String, _ token: String) async {
        let gate = Gate(
            id: MongoRecords.id(.type, type), token: token, milliseconds: 0, records: records)
        _ = try? await records.client.run(gate.releasing, on: records.database, as: .write)
    }

    /// Takes back a start that was counted, if the turnstile still has it.
    func takeBack(_ start: Timestamp, of type: String) async throws {
        let id = MongoRecords.id(.type, type)
        for _ in 0..<20 {
            let found = try await turnstile(of: type)
            guard var starts = found?.starts, let turn = found?.turn, starts.takeBack(start) else {
                return
            }
            let command = BSONDocument([
                "findAndModify": .string(records.name),
                "query": ["_id": .string(id), "turn": .int(turn)],
                "update": ["$set": ["starts": starts.literal], "$inc": ["turn": .int(1)]],
                "fields": ["_id": 1],
            ])
            let reply = try await records.run(command, as: .retryableWrite)
            if reply["value"]?.document != nil { return }
            try await Task.sleep(for: .milliseconds(Int64.random(in: 1...10)))
        }
    }

    /// Returns the times of the last starts of a type.
    func starts(of type: String) async throws -> StartTimes {
        try await turnstile(of: type)?.starts ?? StartTimes()
    }

    private func turnstile(of type: String) async throws -> Turnstile? {
        let id = MongoRecords.id(.type, type)
        return try await records.find(
            ["_id": .string(id)] as BSONLiteral, limit: 1, projection: Turnstile.shown
        ).first.map { Turnstile($0) }
    }
}
