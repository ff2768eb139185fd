import Jobs

/// The tokens of the leases that one command hands out: 96 random bits in common, and behind them the
/// end of each job's id.
///
/// So one command can give many jobs a token each, and where tokens are compared with many jobs at
/// once no job takes another's for its own.
struct ClaimTokens {
    /// 24 hex digits.
    private let common = String(LockToken.random().description.prefix(24))

    func token(of id: JobID) -> LockToken {
        LockToken(common + Self.end(of: id))
    }

    /// The token of the document that a pipeline works on.
    var expression: BSONLiteral {
        ["$concat": [.string(common), Self.endOfID]]
    }

    private static let endOfID: BSONLiteral = {
        // Documents inserted by hand may have an id of any type.
        let id: BSONLiteral = [
            "$convert": ["input": "$_id", "to": "string", "onError": "", "onNull": ""]
        ]
        let start: BSONLiteral = ["$max": [0, ["$subtract": [["$strLenCP": id], 8]]]]
        return .encoded(["$substrCP": [id, start, 8]])
    }()

    /// Whether the token can be one that was handed out with this job.
    static func isToken(_ token: LockToken, of id: JobID) -> Bool {
        token.description.dropFirst(24).utf8.elementsEqual(end(of: id).utf8)
    }

    private static func end(of id: JobID) -> String {
        String(String.UnicodeScalarView(id.description.unicodeScalars.suffix(8)))
    }
}
