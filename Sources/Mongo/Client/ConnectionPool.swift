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

    /// - Parameters:
    ///   - onBegin: called with the place of the command before it is sent; returns whether to send
    ///     it.
    ///   - onEnd: called when the command has ended, before its session is used for others.
    ///   - onReply: called with each reply without errors; returns whether to continue.
    func runCursor(
        _ command: BSONDocument, on database: String, awaiting: Int64,
        onBegin: @escaping (cmongo_place) -> Bool = { _ in true },
        onEnd: @escaping () -> Void = {},
        onReply: (BSONDocument) -> Bool
    ) throws {
        try withoutActuallyEscaping(onReply) { onReply in
            let replies = Replies(onBegin: onBegin, onEnd: onEnd, isWanted: onReply)
            var failure = cmongo_error()
            let succeeded = command.withBytes { bytes in
                cmongo_run_cursor(
                    client, database, bytes.baseAddress, bytes.count, awaiting, Replies.onBegin,
                    Replies.onEnd, Replies.callback, replies.context, &failure)
            }
            _ = try replies.checkedLast(succeeded ? nil : failure, sentAs: .read)
        }
    }

    /// Ends the command at a place, which has not said that it has ended.
    func end(_ place: cmongo_place) throws {
        var failure = cmongo_error()
        guard withUnsafePointer(to: place, { cmongo_end(client, $0, &failure) }) else {
            throw MongoError(failure, sentAs: .plain)
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
    private let begins: (cmongo_place) -> Bool
    private let ends: () -> Void
    private let isWanted: (BSONDocument) -> Bool
    private var last: BSONDocument?
    private var fault: BSONError?

    /// - Parameters:
    ///   - onBegin: called by a cursor with its place before the command is sent; returns whether
    ///     to send it.
    ///   - onEnd: called by a cursor that has begun when its command has ended.
    ///   - isWanted: called with each reply without errors; returns whether to continue.
    init(
        onBegin: @escaping (cmongo_place) -> Bool = { _ in true },
        onEnd: @escaping () -> Void = {},
        isWanted: @escaping (BSONDocument) -> Bool
    ) {
        begins = onBegin
        ends = onEnd
        self.isWanted = isWanted
    }

    /// Not retained: the caller keeps the object alive until the call is over.
    var context: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

    static let callback: cmongo_on_reply = { context, bytes, length in
        guard let context else { return false }
        return Unmanaged<Replies>.fromOpaque(context).takeUnretainedValue()
            .receive(UnsafeBufferPointer(start: bytes, count: length))
    }

    static let onBegin: cmongo_on_begin = { context, place in
        guard let context, let place else { return false }
        return Unmanaged<Replies>.fromOpaque(context).takeUnretainedValue().begins(place.pointee)
    }

    static let onEnd: cmongo_on_end = { context in
        guard let context else { return }
        Unmanaged<Replies>.fromOpaque(context).takeUnretainedValue().ends()
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
