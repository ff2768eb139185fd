public import BSON
internal import CMongo
internal import Foundation

/// A transaction, which is lent to the body of ``MongoClient/transaction(on:_:)``.
///
/// The methods block the thread of the body. The transaction begins with the first ``run(_:)``; its
/// reads see the documents as they were then. Another write that changes a document after that and
/// before the transaction does is a conflict, for which there is no wait.
public final class MongoTransaction {
    private enum Phase { case notBegun, running, over }

    private let session: OpaquePointer
    private let database: String
    private var phase = Phase.notBegun

    init(_ session: OpaquePointer, _ database: String) {
        self.session = session
        self.database = database
    }

    /// The UUID of the session, with which another client can end the transaction (`killSessions`).
    public var sessionID: BSONBinary {
        var bytes = [UInt8](repeating: 0, count: Int(CMONGO_SESSION_ID))
        cmongo_session_id(session, &bytes)
        return BSONBinary(subtype: 4, bytes: bytes)
    }

    /// Runs a command as a part of the transaction.
    ///
    /// - Parameter command: its first key is its name. It has no read or write concern.
    /// - Throws: ``MongoConflict`` or ``MongoError``. The transaction has ended.
    public func run(_ command: BSONDocument) throws -> BSONDocument {
        precondition(phase != .over, "The transaction has ended")
        let part = phase == .notBegun ? CMONGO_FIRST : CMONGO_NEXT
        phase = .running
        let command = part == CMONGO_FIRST ? command.readingSnapshot : command
        do {
            // Nothing takes effect before the commit, so no outcome is unknown.
            return try send(command, part, on: database, sentAs: .read)
        } catch {
            abort()
            throw error
        }
    }

    /// Runs a command that is no part of the transaction and takes effect at once, in its session.
    ///
    /// - Parameter command: has its own write concern; without one, that of the server applies.
    /// - Throws: ``MongoError``. The transaction goes on.
    public func runApart(_ command: BSONDocument, on other: String? = nil) throws -> BSONDocument {
        do {
            return try send(command, CMONGO_OUTSIDE, on: other ?? database, sentAs: .write)
        } catch let conflict as MongoConflict {
            throw conflict.error
        }
    }

    /// Makes the changes of the transaction permanent. If the outcome is unknown, the commit is
    /// sent again, which has no further effect.
    func commit() throws {
        guard phase == .running else { return }
        phase = .over
        let command = BSONDocument { command in
            command.append("commitTransaction", 1)
            command.document("writeConcern") { concern in
                concern.append("w", "majority")
                concern.append("wtimeout", Int(Self.patience.components.seconds) * 1000)
            }
        }
        let end = ContinuousClock.now + Self.patience
        while true {
            do {
                _ = try send(command, CMONGO_NEXT, on: "admin", sentAs: .write)
                return
            } catch let error as MongoError {
                guard [.unknownOutcome, .notPrimary, .unreachable].contains(error.kind),
                    ContinuousClock.now < end
                else { throw error }
                Thread.sleep(forTimeInterval: 0.05)
            }
        }
    }

    /// Undoes the changes of the transaction, and ends it. If the server cannot be reached, it does
    /// so later.
    public func abort() {
        guard phase == .running else { return }
        phase = .over
        _ = try? send(
            BSONDocument { $0.append("abortTransaction", 1) }, CMONGO_NEXT, on: "admin",
            sentAs: .plain)
    }

    /// How long a commit is sent again.
    private static let patience = Duration.seconds(10)

    private func send(
        _ command: BSONDocument, _ part: cmongo_part, on database: String,
        sentAs kind: MongoCommandKind
    ) throws -> BSONDocument {
        let replies = Replies { _ in true }
        var failure = cmongo_error()
        let succeeded = command.withBytes { bytes in
            cmongo_run_in_session(
                session, part, database, bytes.baseAddress, bytes.count, Replies.callback,
                replies.context, &failure)
        }
        do {
            return try replies.checkedLast(succeeded ? nil : failure, sentAs: kind)
        } catch let error as MongoError where error.isConflict {
            throw MongoConflict(error: error)
        }
    }
}

/// The error of a transaction that has lost against another write, or that another client or the
/// server has ended. Nothing was done: run the transaction again, after a pause.
public struct MongoConflict: Error {
    /// The error of the server.
    public let error: MongoError
}

extension MongoError {
    /// Whether the server has aborted a transaction that may succeed if it is run again.
    fileprivate var isConflict: Bool {
        labels.contains("TransientTransactionError") && kind != .notPrimary
    }

    /// Whether the server has no transactions, because it is no member of a replica set.
    public var isLackOfTransactions: Bool {
        code == 20 || (code == 263 && labels.isEmpty)
    }
}

extension BSONDocument {
    /// The first command of a transaction, whose read concern is that of the whole transaction.
    fileprivate var readingSnapshot: BSONDocument {
        BSONDocument(capacity: bytes.count + 64) { copy in
            for element in self {
                guard let key = BSONKey(checking: element.key) else { continue }
                copy.append(key, element.value)
            }
            copy.document("readConcern") { $0.append("level", "snapshot") }
        }
    }
}

extension MongoClient {
    /// Runs several commands as one step, on one connection and one thread.
    ///
    /// - Parameters:
    ///   - database: The database of the commands.
    ///   - body: Runs the commands, without waiting for anything else; `nil` aborts the
    ///     transaction. With its error, nothing has been done.
    /// - Returns: The value of `body`, after a majority has the changes; `nil` if it has none.
    /// - Throws: ``MongoConflict`` if another write was faster; ``MongoError``, of kind
    ///   `unknownOutcome` if it is not known whether the commit took effect; the error of `body`;
    ///   `CancellationError` if the task is cancelled before the body runs.
    public func transaction<Value: Sendable>(
        on database: String,
        _ body: @escaping @Sendable (MongoTransaction) throws -> Value?
    ) async throws -> Value? {
        let pool = try openPool()
        return try await metrics.measure(BSONDocument { $0.append("transaction", 1) }) { time in
            if let refusal = reachability.refusal() { throw refusal }
            return try await commands.run { [reachability] in
                try time {
                    try reachability.run {
                        try pool.withSession { session in
                            let transaction = MongoTransaction(session, database)
                            do {
                                let value = try body(transaction)
                                guard let value else {
                                    transaction.abort()
                                    return Value?.none
                                }
                                try transaction.commit()
                                return value
                            } catch {
                                transaction.abort()
                                throw error
                            }
                        }
                    }
                }
            }
        }
    }
}
