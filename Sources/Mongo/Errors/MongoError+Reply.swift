import BSON

extension MongoError {
    /// What is wrong with a server's reply, or nil if nothing is.
    ///
    /// A command can succeed (`ok: 1`) though its statements failed, or though nobody knows whether
    /// its write will last; both are errors here.
    init?(reply: BSONDocument, sentAs kind: MongoCommandKind) {
        let succeeded = reply["ok"]?.integer == 1
        let writeErrors =
            (reply["writeErrors"]?.array).map { $0.compactMap(MongoWriteError.init) } ?? []
        let labels = (reply["errorLabels"]?.array).map { $0.compactMap(\.string) } ?? []

        if !succeeded {
            let code = Int(reply["code"]?.integer ?? 0)
            self.init(
                Self.kind(of: code, in: reply, labels: labels, sentAs: kind), code: code,
                message: reply["errmsg"]?.string ?? "The server refused without a reason")
        } else if let concern = reply["writeConcernError"]?.document {
            // Written, but not by a majority, so that a failover may undo it.
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

    /// What a server's code means for the caller.
    /// - Parameter document: where the code was found; it says more about a duplicate key.
    static func kind(
        of code: Int, in document: BSONDocument, labels: [String], sentAs kind: MongoCommandKind
    ) -> Kind {
        // A server that was interrupted says so if nothing was written; before 6.1 it never does.
        let isUnknown = kind.isWrite && !labels.contains("NoWritesPerformed")
        switch code {
        case 11000, 11001, 12582:
            return .duplicateKey(DuplicateKey(document))
        case 94:  // a replica set that was not initiated yet
            return .notPrimary
        case 10107, 13435, 13436, 10058:  // asked as primary, and refused before anything was done
            return .notPrimary
        case 91, 189, 11600, 11602:  // shutting down or stepping down, perhaps in the middle of it
            return isUnknown ? .unknownOutcome : .notPrimary
        case 50, 262:  // out of time
            return isUnknown ? .unknownOutcome : .timedOut
        case 6, 7, 89, 9001:  // a router that lost the server behind it
            return isUnknown ? .unknownOutcome : .unreachable
        // Busy, full, closed to writes for a while, or interrupted by an operator.
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
    /// The codes with which servers refuse a document, or a command, for what is in it.
    private static let refusals: Set<Int> = [
        tooLarge, 17419, 17420,  // as it is, or as an update would make it
        15, 22,  // nested too deep, or no sound BSON
        121,  // a validator of the collection
        34459,  // a text that is no UTF-8, where a pipeline takes a part of it
        17280, 171, 16755, 16756, 17261, 17262,  // no key of an index can be made of it
        52, 53, 55, 56, 57, 61, 66,  // names of fields, `_id`, and keys of shards
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
        // One statement fails whole, so that what interrupted it left nothing behind.
        kind = MongoError.kind(
            of: code, in: document, labels: ["NoWritesPerformed"], sentAs: .write)
    }
}

extension MongoError.DuplicateKey {
    /// From a reply, or from one of its write errors. The index's name is only in the message.
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
