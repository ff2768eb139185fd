import BSON
internal import CMongo

/// The open client of the C shim. Its calls block.
final class ConnectionPool: Sendable {
    /// Safe to share: the shim may be called from any thread, and nothing here changes the pointer.
    nonisolated(unsafe) private let client: OpaquePointer

    /// - Parameters:
    ///   - uri: with all its options.
    ///   - room: the size of the pool; overrides the URI.
    /// - Throws: ``MongoError`` of kind `badURI`.
    init(uri: MongoURI, room: Int) throws {
        precondition(MongoLog.isReady)
        var failure = cmongo_error()
        guard let client = cmongo_open(uri.text, Int32(room), &failure) else {
            throw MongoError(failure, sentAs: .plain)
        }
        self.client = client
    }

    deinit { cmongo_close(client) }

    /// Lends a session on one connection to `body`.
    func withSession<Value>(_ body: (OpaquePointer) throws -> Value) throws -> Value {
        var outcome: Result<Value, any Error>?
        try withoutActuallyEscaping(body) { body in
            let lent = SessionBody { session in outcome = Result { try body(session) } }
            var failure = cmongo_error()
            guard cmongo_with_session(client, SessionBody.callback, lent.context, &failure) else {
                throw MongoError(failure, sentAs: .plain)
            }
        }
        guard let outcome else { throw MongoError(.other, message: "The session was not lent") }
        return try outcome.get()
    }

    func run(_ command: BSONDocument, on database: String, as kind: MongoCommandKind) throws
        -> BSONDocument
    {
        let replies = Replies { _ in true }
        var failure = cmongo_error()
        let succeeded = command.withBytes { bytes in
            cmongo_run(
                client, kind.shimKind, database, bytes.baseAddress, bytes.count, Replies.callback,
                replies.context, &failure)
        }
        return try replies.checkedLast(succeeded ? nil : failure, sentAs: kind)
    }

    /// - Parameter onReply: called with each reply without errors; returns whether to continue.
    func runCursor(
        _ command: BSONDocument, on database: String, awaiting: Int64,
        onReply: (BSONDocument) -> Bool
    ) throws {
        try withoutActuallyEscaping(onReply) { onReply in
            let replies = Replies(isWanted: onReply)
            var failure = cmongo_error()
            let succeeded = command.withBytes { bytes in
                cmongo_run_cursor(
                    client, database, bytes.baseAddress, bytes.count, awaiting, Replies.callback,
                    replies.context, &failure)
            }
            _ = try replies.checkedLast(succeeded ? nil : failure, sentAs: .read)
        }
    }
}

/// The body that a session is lent to: the context of the shim's callback, used only during the
/// call.
private final class SessionBody {
    private let body: (OpaquePointer) -> Void

    init(_ body: @escaping (OpaquePointer) -> Void) {
        self.body = body
    }

    /// Not retained: the caller keeps the object alive until the call is over.
    var context: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

    static let callback: cmongo_in_session = { context, session in
        guard let context, let session else { return }
        Unmanaged<SessionBody>.fromOpaque(context).takeUnretainedValue().body(session)
    }
}

/// Collects the replies of a call: the context of the shim's callback, used only during the call.
final class Replies {
    private let isWanted: (BSONDocument) -> Bool
    private var last: BSONDocument?
    private var fault: BSONError?

    /// - Parameter isWanted: called with each reply without errors; returns whether to continue.
    init(isWanted: @escaping (BSONDocument) -> Bool) {
        self.isWanted = isWanted
    }

    /// Not retained: the caller keeps the object alive until the call is over.
    var context: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

    static let callback: cmongo_on_reply = { context, bytes, length in
        guard let context else { return false }
        return Unmanaged<Replies>.fromOpaque(context).takeUnretainedValue()
            .receive(UnsafeBufferPointer(start: bytes, count: length))
    }

    private func receive(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        do {
            let reply = try BSONDocument(checking: Array(bytes))
            last = reply
            return reply["ok"]?.integer == 1 && isWanted(reply)
        } catch {
            fault = error
            return false
        }
    }

    /// The last reply, or the error that the call ended with.
    func checkedLast(_ failure: cmongo_error?, sentAs kind: MongoCommandKind) throws -> BSONDocument
    {
        if let fault {
            throw MongoError(
                kind.isWrite ? .unknownOutcome : .other,
                message: "The reply is not valid BSON: \(fault)")
        }
        if let last, var error = MongoError(reply: last, sentAs: kind) {
            // An earlier attempt lost its answer; this reply is about the retry only.
            if let failure, failure.may_have_run { error.kind = .unknownOutcome }
            throw error
        }
        if let failure { throw MongoError(failure, sentAs: kind) }
        return last ?? BSONDocument()
    }
}
