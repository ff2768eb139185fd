public import BSON

/// The failure of a command, or of opening a client.
///
/// The kind says what a caller can do about it; the rest is for the log. No part contains a
/// password.
public struct MongoError: Error, Sendable {
    public enum Kind: Sendable, Equatable {
        /// A unique index already has this key. Nothing was written for it.
        case duplicateKey(DuplicateKey)
        /// No server is reachable, or it cannot do this now; nothing was done. Retry later.
        case unreachable
        /// The server is no longer the primary; nothing was done. Retry.
        case notPrimary
        /// A read took longer than its `maxTimeMS`.
        case timedOut
        /// The write may or may not have happened, or may be rolled back: read before writing
        /// again.
        case unknownOutcome
        /// The server will never accept this: a document is too large or nested too deep, or a rule
        /// of the collection forbids it. Nothing was written for it.
        case refused
        /// The server does not accept the credentials, or they lack a permission.
        case notAuthenticated
        case badURI
        /// Too many calls are waiting already. Nothing was done.
        case overloaded
        /// The client was shut down. Nothing was done.
        case closed
        /// A mistake in the command, or another error that a retry does not fix.
        case other
    }

    /// The unique index that refused a write, as far as the server reported it.
    public struct DuplicateKey: Sendable, Equatable {
        public var index: String?
        /// The names of the index's fields.
        public var fields: [String]

        public init(index: String?, fields: [String]) {
            self.index = index
            self.fields = fields
        }
    }

    public var kind: Kind
    /// The server's code or, without a reply, libmongoc's; 0 if there is none.
    public var code: Int
    public var message: String
    /// The server's `errorLabels`.
    public var labels: [String] = []
    /// The failed statements of a write with several. The others took effect, except that an
    /// ordered write stops at the first failure.
    public var writeErrors: [MongoWriteError] = []
    /// The server's reply, if there was one.
    public var reply: BSONDocument? = nil

    public init(_ kind: Kind, code: Int = 0, message: String) {
        self.kind = kind
        self.code = code
        self.message = message
    }
}

/// One statement of a write that failed.
public struct MongoWriteError: Sendable {
    /// The index of the statement in the command, from 0.
    public var index: Int
    public var kind: MongoError.Kind
    public var code: Int
    public var message: String
}

extension MongoError: CustomStringConvertible {
    public var description: String {
        let labelled = labels.isEmpty ? "" : " [\(labels.joined(separator: ", "))]"
        return "MongoDB: \(kind), code \(code): \(message)\(labelled)"
    }
}
