/// Why a call did not do what it was asked to; each kind is something else for the caller to do.
public struct JobsClientError: Error, Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        /// The lease was taken over, or never was the caller's: stop working on the job.
        case lockLost
        /// Nothing was done, and the same call may succeed later: the service cannot be reached, or
        /// has too much to do.
        case unavailable
        /// Nobody knows whether it was done: the connection or the service failed on the way. The
        /// same call may succeed later; what must not happen twice has to be looked up first.
        case outcomeUnknown
        /// The service will not do this: mend the call, its arguments, or the address.
        case refused
        /// The answer is none of a jobs service.
        case notUnderstood
    }

    public var kind: Kind
    /// For people: what is wrong.
    public var message: String
    /// The HTTP status, if there was an answer.
    public var status: Int?
    /// What the service calls the error: `INVALID_DATA`, `LOCK_LOST`, ...
    public var code: String?
    /// By which the service's log can be searched for it.
    public var correlationID: String?
    /// How long the service asks to wait before the next try.
    public var retryAfter: Duration?

    public init(
        _ kind: Kind, _ message: String, status: Int? = nil, code: String? = nil,
        correlationID: String? = nil, retryAfter: Duration? = nil
    ) {
        self.kind = kind
        self.message = message
        self.status = status
        self.code = code
        self.correlationID = correlationID
        self.retryAfter = retryAfter
    }

    /// Whether the same call may succeed later. Whether it may be made again is another question,
    /// see ``mayHaveHappened``.
    public var isRetryable: Bool { kind == .unavailable || kind == .outcomeUnknown }

    /// Whether what was asked for may have been done all the same.
    public var mayHaveHappened: Bool { kind == .outcomeUnknown || kind == .notUnderstood }
}

extension JobsClientError: CustomStringConvertible {
    public var description: String {
        let parts = [status.map(String.init), code].compactMap(\.self).joined(separator: " ")
        return parts.isEmpty ? message : "\(parts): \(message)"
    }
}

extension JobsClientError {
    /// What a store in this process says.
    init(_ error: JobsError) {
        switch error {
        case .lockLost(let id):
            self.init(
                .lockLost, "The lock token is not that of the last lease on job \(id)",
                code: "LOCK_LOST")
        case .unavailable(let reason): self.init(.outcomeUnknown, reason, code: "CONNECT_FAILED")
        case .overloaded:
            self.init(.unavailable, "Too many calls are waiting", code: "OVERLOADED")
        case .refused(let reason): self.init(.refused, reason, code: "REFUSED")
        case .timedOut(let reason): self.init(.unavailable, reason, code: "TIMED_OUT")
        }
    }
}
