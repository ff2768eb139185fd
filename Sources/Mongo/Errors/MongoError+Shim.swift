internal import CMongo

extension MongoError {
    /// The shim's error, for calls without a reply that says more.
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
        // libmongoc quotes invalid values of the URI in its message.
        let quotesSecret =
            meaning == .badURI
            && ["password", "mechanism"].contains { text.lowercased().contains($0) }
        self.init(
            meaning, code: Int(failure.code),
            message: quotesSecret
                ? "A credential option has an invalid value"
                : redactingCredentials(text))
    }
}
