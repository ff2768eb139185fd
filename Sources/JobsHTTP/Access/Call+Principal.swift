import HTTPEdge
import Logging

/// Who calls.
extension Call {
    /// The proof that the caller was let in; nil where callers are not asked who they are.
    var admission: Admission? {
        get { context as? Admission }
        set { context = newValue }
    }

    /// Who calls; nil where callers are not asked.
    var principal: Principal? { admission?.principal }

    /// For whom the places of waiting claims are counted: a key or, without keys, an address; `nil` if
    /// neither is known.
    var claimant: String? {
        if let principal { return "key \(principal.name)" }
        return ClientConnection.current?.address.map { "address \($0)" }
    }

    /// For the log.
    var principalName: String {
        (principal?.name ?? ClientConnection.current?.certificateName)?.shortened ?? "anonymous"
    }

    /// What log lines about this request carry.
    var logMetadata: Logger.Metadata? {
        correlationID.map { ["correlation_id": .string($0.shortened)] }
    }
}
