import HTTPEdge
import JobsAPI
import Logging

/// The caller of a request.
extension Call {
    /// The result of the authentication of the caller; `nil` without authentication.
    var admission: Admission? {
        get { context as? Admission }
        set { context = newValue }
    }

    /// The authenticated caller; `nil` without authentication.
    var principal: Principal? { admission?.principal }

    /// The caller that waiting claims are counted for: the API key or, without keys, the address;
    /// `nil` if neither is known.
    var claimant: String? {
        if let principal { return "key \(principal.name)" }
        return ClientConnection.current?.address.map { "address \($0)" }
    }

    /// The name of the caller for the log.
    var principalName: String { knownName ?? "anonymous" }

    /// The name of the caller, shortened; `nil` if it is not known.
    var knownName: String? {
        (principal?.name ?? ClientConnection.current?.certificateName)?.shortened
    }

    /// The metadata of log lines about this request.
    var logMetadata: Logger.Metadata? {
        correlationID.map { ["correlation_id": .string($0.shortened)] }
    }
}
