internal import CMongo

extension MongoError {
    /// What the shim reports where there is no reply that says it better.
    init(_ failure: cmongo_error, sentAs kind: MongoCommandKind) {
        let meaning: Kind =
            switch failure.failure {
            case CMONGO_BAD_URI: .badURI
            case CMONGO_POOL_EXHAUSTED: .overloaded
            case _ where failure.may_have_run && kind.isWrite: .unknownOutcome
            case CMONGO_UNREACHABLE, CMONGO_BROKEN: .unreachable
            case CMONGO_NOT_AUTHENTICATED: .notAuthenticated
            default: .other
            }
        let text = withUnsafeBytes(of: failure.message) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        // libmongoc quotes values of the URI that it does not like.
        let quotesSecret =
            meaning == .badURI
            && ["password", "mechanism"].contains { text.lowercased().contains($0) }
        self.init(
            meaning, code: Int(failure.code),
            message: quotesSecret
                ? "An option for credentials has a value that cannot be used"
                : redactingCredentials(text))
    }
}
