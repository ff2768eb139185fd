/// The error of a call. Each kind asks the caller for a different reaction.
public struct JobsClientError: Error, Sendable, Equatable {
    /// The kinds of errors, by the reaction of the caller.
    ///
    /// Not an enumeration, so that a further kind does not break callers: treat an unknown one as
    /// ``outcomeUnknown``.
    public struct Kind: Sendable, Hashable, CustomStringConvertible {
        /// The name of the kind, for logs.
        public let description: String

        /// The caller does not hold the lease on the job. It should stop its work on the job.
        public static let lockLost = Kind(description: "lockLost")
        /// Nothing was done, because the service cannot be reached or is overloaded. The same call
        /// may succeed later.
        public static let unavailable = Kind(description: "unavailable")
        /// The outcome is unknown, because the connection or the service failed during the call.
        ///
        /// The same call may succeed later. If the operation must not happen twice, the caller has
        /// to check first whether it was done.
        public static let outcomeUnknown = Kind(description: "outcomeUnknown")
        /// The service refuses the call. The caller has to change the call or the address.
        public static let refused = Kind(description: "refused")
        /// The answer is not that of a jobs service.
        public static let notUnderstood = Kind(description: "notUnderstood")
    }

    /// The kind of the error, which decides the reaction of the caller.
    public var kind: Kind
    /// The description of the error for people.
    public var message: String
    /// The HTTP status of the answer; `nil` if there was no answer.
    public var status: Int?
    /// The code of the error from the service: `INVALID_DATA`, `LOCK_LOST`, ...
    public var code: String?
    /// The correlation id with which to search the log of the service.
    public var correlationID: String?
    /// How long the service asks the client to wait before the next attempt; `nil` if it does not.
    public var retryAfter: Duration?

    /// Creates an error.
    ///
    /// - Parameters:
    ///   - kind: The kind of the error.
    ///   - message: The description of the error for people.
    ///   - status: The HTTP status of the answer; `nil` if there was no answer.
    ///   - code: The code of the error from the service.
    ///   - correlationID: The correlation id of the call.
    ///   - retryAfter: How long to wait before the next attempt.
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

    /// Whether the same call may succeed later.
    ///
    /// Before a call is repeated, ``mayHaveHappened`` has to be taken into account.
    public var isRetryable: Bool { kind == .unavailable || kind == .outcomeUnknown }

    /// Whether the operation may have been carried out despite the error.
    public var mayHaveHappened: Bool { kind == .outcomeUnknown || kind == .notUnderstood }
}

extension JobsClientError: CustomStringConvertible {
    public var description: String {
        let parts = [status.map(String.init), code].compactMap(\.self).joined(separator: " ")
        return parts.isEmpty ? message : "\(parts): \(message)"
    }
}

extension JobsClientError {
    /// Creates the error of a client from the error of a store in this process.
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
        case .notReplayed(let id, let isKeyTaken):
            self = .notReplayed(id, isKeyTaken: isKeyTaken)
        case .requestConflict(let id):
            self.init(
                .refused, "The request id has added job \(id) before, with another reference",
                code: "REQUEST_CONFLICT")
        case .timedOut(let reason): self.init(.unavailable, reason, code: "TIMED_OUT")
        }
    }
}

extension JobsClientError {
    /// A replay does not apply to the job, and nothing was changed.
    static func notReplayed(_ id: JobID, isKeyTaken: Bool) -> JobsClientError {
        JobsClientError(
            .refused,
            isKeyTaken
                ? "Another unfinished job has the type and reference of the unique job \(id)"
                : "Job \(id) has not failed and is neither cancelled, exhausted nor expired",
            code: notReplayedCode)
    }

    /// The code of ``notReplayed(_:isKeyTaken:)``.
    static let notReplayedCode = "NOT_REPLAYED"

    /// The service is older than the operation, and nothing was done.
    static func unknownOperation(_ name: String) -> JobsClientError {
        JobsClientError(.refused, "The service does not know \(name)", status: 404)
    }

    /// Whether the service is older than the operation.
    var isUnknownOperation: Bool { kind == .refused && (status == 404 || status == 405) }
}
