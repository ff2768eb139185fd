public import BSON

/// A command that failed, or a client that could not be had.
///
/// The kind says what a caller can do about it; the rest is for the log. No part holds a password.
public struct MongoError: Error, Sendable {
    public enum Kind: Sendable, Equatable {
        /// A unique index has such a key already. Nothing was written for it.
        case duplicateKey(DuplicateKey)
        /// No server is to be had, or it cannot do this now, and nothing was done. Try again later.
        case unreachable
        /// The server gave up being the primary, and nothing was done. Try again.
        case notPrimary
        /// A read took longer than its `maxTimeMS`.
        case timedOut
        /// The write may or may not have happened, or may be rolled back: look before writing again.
        case unknownOutcome
        /// The server will never take this: a document is too large or nested too deep, or a rule of the
        /// collection forbids it. Nothing was written for it.
        case refused
        /// The server does not accept the credentials, or grants them too little.
        case notAuthenticated
        case badURI
        /// Too many calls are waiting already. Nothing was done.
        case overloaded
        /// The client was shut down. Nothing was done.
        case closed
        /// A mistake in the command, or something else that trying again does not help.
        case other
    }

    /// Which unique index refused, as far as the server said.
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
    /// The server's code or, without a reply, libmongoc's; 0 where there is none.
    public var code: Int
    public var message: String
    /// The server's `errorLabels`.
    public var labels: [String] = []
    /// Of a write with several statements, those that failed. The others took effect, except that an
    /// ordered write stops at the first that fails.
    public var writeErrors: [MongoWriteError] = []
    /// What the server answered, if it did.
    public var reply: BSONDocument? = nil

    public init(_ kind: Kind, code: Int = 0, message: String) {
        self.kind = kind
        self.code = code
        self.message = message
    }
}

/// One statement of a write that failed.
public struct MongoWriteError: Sendable {
    /// Which statement of the command, from 0.
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
