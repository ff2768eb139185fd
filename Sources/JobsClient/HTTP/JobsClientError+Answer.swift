extension JobsClientError {
    /// Creates the error of an error answer.
    ///
    /// - Parameter body: The error body of the service. Another body, such as from a proxy, is
    ///   ignored.
    init(status: Int, retryAfter: Duration?, body: JSONValue?) {
        let code = body?["code"]?.string
        let kind: Kind =
            switch (status, code) {
            case (409, "LOCK_LOST"): .lockLost
            // Nothing was done. After other failures inside the service, the outcome is unknown.
            case (503, "OVERLOADED"), (503, "TIMED_OUT"), (429, _): .unavailable
            case (500..., _), (408, _): .outcomeUnknown
            default: .refused
            }
        self.init(
            kind, body?["message"]?.string ?? "The service answered \(status)", status: status,
            code: code, correlationID: body?["correlation_id"]?.string, retryAfter: retryAfter)
    }

    /// Creates the error of one item in the answer to a batch.
    init(item: JSONValue) {
        guard let status = item["status"]?.integer else {
            self.init(.notUnderstood, "An item of the answer is neither a job nor an error")
            return
        }
        self.init(status: Int(clamping: status), retryAfter: nil, body: item)
    }

    static func notUnderstood(_ what: String) -> JobsClientError {
        JobsClientError(.notUnderstood, "The answer has no \(what)")
    }

    /// Returns the error to throw if an earlier attempt may have been carried out, although the
    /// last one was not.
    func unlessUnsent(_ doubt: JobsClientError?) -> JobsClientError {
        guard kind == .unavailable, let doubt else { return self }
        var told = self
        told.kind = doubt.kind
        return told
    }

    /// Returns the error to throw after the last attempt.
    ///
    /// If the last attempt has no answer, the answer to an earlier attempt is more informative. The
    /// kind of the error is still that of the last attempt.
    func after(_ answer: JobsClientError?) -> JobsClientError {
        guard status == nil, var told = answer else { return self }
        told.kind = kind
        told.message += " (and then: \(message))"
        return told
    }
}
