import BSON

extension MongoError {
    /// The error in a server's reply, or nil if there is none.
    ///
    /// A command can succeed (`ok: 1`) although statements of it failed, or although its write
    /// concern was not met; both are errors here.
    init?(reply: BSONDocument, sentAs kind: MongoCommandKind) {
        let succeeded = reply["ok"]?.integer == 1
        let writeErrors =
            (reply["writeErrors"]?.array).map { $0.compactMap(MongoWriteError.init) } ?? []
        let labels = (reply["errorLabels"]?.array).map { $0.compactMap(\.string) } ?? []

        if !succeeded {
            let code = Int(reply["code"]?.integer ?? 0)
            self.init(
                Self.kind(of: code, in: reply, labels: labels, sentAs: kind), code: code,
                message: reply["errmsg"]?.string ?? "The server gave no reason")
        } else if let concern = reply["writeConcernError"]?.document {
            // Written, but not to a majority, so that a failover may roll it back.
            self.init(
                .unknownOutcome, code: Int(concern["code"]?.integer ?? 0),
                message: concern["errmsg"]?.string ?? "The write concern was not met")
        } else if let first = writeErrors.first {
            self.init(first.kind, code: first.code, message: first.message)
        } else {
            return nil
        }
        self.labels = labels
        self.writeErrors = writeErrors
        self.reply = reply
    }

    /// The kind of error that a server's code means for the caller.
    /// - Parameter document: the document with the code; it has the details of a duplicate key.
    static func kind(
        of code: Int, in document: BSONDocument, labels: [String], sentAs kind: MongoCommandKind
    ) -> Kind {
        // An interrupted server adds this label if nothing was written; before 6.1 it never does.
        let isUnknown = kind.isWrite && !labels.contains("NoWritesPerformed")
        switch code {
        case 11000, 11001, 12582:
            return .duplicateKey(DuplicateKey(document))
        case 94:  // the replica set is not initiated yet
            return .notPrimary
        case 10107, 13435, 13436, 10058:  // not primary; refused before anything was done
            return .notPrimary
        case 91, 189, 11600, 11602:  // shutting down or stepping down, perhaps during the write
            return isUnknown ? .unknownOutcome : .notPrimary
        case 50, 262:  // maxTimeMS has passed
            return isUnknown ? .unknownOutcome : .timedOut
        case 6, 7, 89, 9001:  // mongos lost the connection to its server
            return isUnknown ? .unknownOutcome : .unreachable
        // Overloaded, disk full, temporarily closed to writes, or interrupted by an operator.
        case 24, 46, 63, 112, 117, 133, 146, 150, 175, 202, 249, 331, 384, 462, 11601, 13388, 14031:
            return isUnknown ? .unknownOutcome : .unreachable
        case let code where MongoError.refusals.contains(code):
            return .refused
        case 64:  // the write concern was not met in time
            return .unknownOutcome
        case 13, 18:
            return .notAuthenticated
        default:
            return .other
        }
    }
}

extension MongoError {
    /// The codes with which servers refuse a document, or a command, for its content.
    private static let refusals: Set<Int> = [
        tooLarge, 17419, 17420,  // too large, as sent or after an update
        15, 22,  // nested too deep, or invalid BSON
        121,  // the collection's validator
        34459,  // a string that is not UTF-8, in a pipeline that takes a substring
        17280, 171, 16755, 16756, 17261, 17262,  // no index key can be made of it
        52, 53, 55, 56, 57, 61, 66,  // invalid field names, `_id`, or shard keys
    ]

    /// A document beyond 16 MiB.
    public static let tooLarge = 10334
}

extension MongoWriteError {
    init?(_ value: BSONValue) {
        guard let document = value.document else { return nil }
        code = Int(document["code"]?.integer ?? 0)
        index = Int(document["index"]?.integer ?? 0)
        message = document["errmsg"]?.string ?? ""
        // A single statement fails completely, so an interrupted one wrote nothing.
        kind = MongoError.kind(
            of: code, in: document, labels: ["NoWritesPerformed"], sentAs: .write)
    }
}

extension MongoError.DuplicateKey {
    /// From a reply or one of its write errors. The index name is only in the message.
    init(_ document: BSONDocument) {
        fields = document["keyPattern"]?.document?.map(\.key) ?? []
        index = document["errmsg"]?.string.flatMap { message in
            guard let start = message.firstRange(of: "index: "),
                let end = message[start.upperBound...].firstRange(of: " dup key")
            else { return nil }
            return String(message[start.upperBound..<end.lowerBound])
        }
    }
}
