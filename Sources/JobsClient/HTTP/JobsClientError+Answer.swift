extension JobsClientError {
    /// What an error answer says.
    /// - Parameter body: the error body of the service; anything else, as a proxy may send, says nothing.
    init(status: Int, retryAfter: Duration?, body: JSONValue?) {
        let code = body?["code"]?.string
        let kind: Kind =
            switch (status, code) {
            case (409, "LOCK_LOST"): .lockLost
            // Nothing was done. (Of other failures inside the service nobody knows.)
            case (503, "OVERLOADED"), (503, "TIMED_OUT"), (429, _): .unavailable
            case (500..., _), (408, _): .outcomeUnknown
            default: .refused
            }
        self.init(
            kind, body?["message"]?.string ?? "The service answered \(status)", status: status,
            code: code, correlationID: body?["correlation_id"]?.string, retryAfter: retryAfter)
    }

    /// An item of a batch answer that is an error.
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

    /// This error of the last try as the caller hears of it: where there was no answer to that one, an
    /// answer to an earlier try says more. Whether something may have happened is still the last one's to say.
    func after(_ answer: JobsClientError?) -> JobsClientError {
        guard status == nil, var told = answer else { return self }
        told.kind = kind
        told.message += " (and then: \(message))"
        return told
    }
}
