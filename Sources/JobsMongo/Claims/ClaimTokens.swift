import Jobs

/// The tokens of the leases of one command: the tag of the instance and 72 random bits, both common
/// to all, followed by the end of each job's id.
///
/// So one command can give each of many jobs its own token. When one command compares tokens with
/// many jobs, the token of one job does not match another job.
struct ClaimTokens {
    /// 24 hex digits.
    private let common: String

    /// - Parameter tag: The tag of the instance, see ``ClaimPeers``.
    init(tag: String) {
        let random = LockToken.random().description
        common = tag + random.prefix(24 - tag.utf8.count)
    }

    func token(of id: JobID) -> LockToken {
        LockToken(common + Self.end(of: id))
    }

    /// The expression for the token of the current document of a pipeline.
    var expression: BSONLiteral {
        ["$concat": [.string(common), Self.endOfID]]
    }

    private static let endOfID: BSONLiteral = {
        // A document that was inserted by hand may have an id of any type.
        let id: BSONLiteral = [
            "$convert": ["input": "$_id", "to": "string", "onError": "", "onNull": ""]
        ]
        let start: BSONLiteral = ["$max": [0, ["$subtract": [["$strLenCP": id], 8]]]]
        return .encoded(["$substrCP": [id, start, 8]])
    }()

    /// Whether the token can belong to a lease on this job.
    static func isToken(_ token: LockToken, of id: JobID) -> Bool {
        token.description.dropFirst(24).utf8.elementsEqual(end(of: id).utf8)
    }

    private static func end(of id: JobID) -> String {
        String(String.UnicodeScalarView(id.description.unicodeScalars.suffix(8)))
    }
}
